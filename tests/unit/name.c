/* SPDX-License-Identifier: ISC */
/* File names made safe. */

#include "name.h"
#include "unit.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define E7 "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
#define E98 E7 E7 E7 E7 E7 E7 E7 E7 E7 E7 E7 E7 E7 E7

static const struct {
	const char *in, *want;
} cases[] = {
	{ "photo.jpg", "photo.jpg" },
	{ "Gr\u00fc\u00dfe \u4f60\u597d.txt",
	    "Gr\u00fc\u00dfe \u4f60\u597d.txt" },
	{ "../../evil", "evil" },
	{ "/etc/passwd", "passwd" },
	{ "..\\..\\evil.exe", "evil.exe" },
	{ "a/b\\c", "c" },
	{ "C:\\x.txt", "x.txt" },
	{ "C:x.txt", "C_x.txt" },
	{ ".bashrc", "_bashrc" },
	{ "..x", "_.x" },
	{ "-rf", "_rf" },
	{ "--", "_-" },
	{ "", "" },
	{ ".", "" },
	{ "..", "" },
	{ "...", "" },
	{ "  ", "" },
	{ "dir/", "" },
	{ "dir/..", "" },
	{ " a b ", "a b" },
	{ "a.", "a_" },
	{ "a\nb\x1b[31m\x7f", "a_b_[31m_" },
	{ "a\tb\r", "a_b" },
	{ "c1\xc2\x85x", "c1_x" },
	{ "exe\u202etxt.scr", "exe_txt.scr" },
	{ "zero\u200bwidth\ufeff", "zero_width_" },
	{ "\xff\xc3.txt", "__.txt" },
	{ "|touch x", "_touch x" },
	{ "a;b\"c*?<>|:.txt", "a;b_c______.txt" },
	{ "CON", "_CON" },
	{ "nul.txt", "_nul.txt" },
	{ "Com1.tar.gz", "_Com1.tar.gz" },
	{ "lpt\u00b9", "_lpt\u00b9" },
	{ "aux .c", "_aux .c" },
	{ "conx", "conx" },
	{ "com", "com" },
	{ "com10", "com10" },
	{ HUNDRED HUNDRED "x", HUNDRED HUNDRED },
	{ HUNDRED HUNDRED ".jpeg", HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN
	    "01234.jpeg" },
	{ "x" E98 E7 ".c", "x" E98 ".c" },
	{ "x" E98 "y   z", "x" E98 "y" },
	{ "a." HUNDRED HUNDRED, "a." HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN
	    TEN "01234567" },
};

static void
safe(void)
{
	struct buf out = BUF(NAME_ROOM), again = BUF(NAME_ROOM);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(slice_str(cases[i].in));

		CASE(cases[i].in);
		name_safe(in, &out);
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		name_safe(buf_slice(&out), &again);
		CHECK_SLICE(buf_slice(&again), buf_slice(&out));
		free((char *)in.p);
	}
	name_safe((struct slice){ "a\0b", 3 }, &out);
	CHECK_SLICE(buf_slice(&out), SLICE("a_b"));
	buf_free(&out);
	buf_free(&again);
}

static void
defaults(void)
{
	static const char *const table[][3] = {
		{ "1", "text/plain", "part-1.txt" },
		{ "1.2", "text/html", "part-1.2.html" },
		{ "1", "text/x-c", "part-1.txt" },
		{ "2", "message/rfc822", "part-2.eml" },
		{ "3", "image/jpeg", "part-3.jpg" },
		{ "4", "application/octet-stream", "part-4.bin" },
		{ "5", "multipart/mixed", "part-5.bin" },
		{ HUNDRED HUNDRED, "text/plain",
		    "part-" HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN
		    "0.txt" },
	};
	struct buf out = BUF(NAME_ROOM);
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CASE(table[i][2]);
		name_default(slice_str(table[i][0]), slice_str(table[i][1]),
		    &out);
		CHECK_SLICE(buf_slice(&out), slice_str(table[i][2]));
	}
	buf_free(&out);
}

static void
variants(void)
{
	static const char *const table[][2] = {
		{ "dup", "dup~7" },
		{ "a.txt", "a~7.txt" },
		{ "a.tar.gz", "a.tar~7.gz" },
		{ "x." HUNDRED, "x." HUNDRED "~7" },
	};
	struct buf out = BUF(NAME_ROOM);
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		name_variant(slice_str(table[i][0]), 7, &out);
		CHECK_SLICE(buf_slice(&out), slice_str(table[i][1]));
	}
	buf_free(&out);
}

int
main(void)
{
	RUN(safe);
	RUN(defaults);
	RUN(variants);
	return unit_done();
}
