/* SPDX-License-Identifier: ISC */
/* Tests of charset: to UTF-8, whole and in pieces. */

#include "charset.h"
#include "unit.h"
#include "utf8.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *charset;
	struct slice in, want;
} foreign[] = {
	{ "", SLICE("a\xc3\xbc"), SLICE("a\xc3\xbc") },
	{ "US-ASCII", SLICE("a\xff"), SLICE("a\xef\xbf\xbd") },
	{ "utf-8", SLICE("\xc3\xbc\xc3" "a\xe4\xbd\xff\xe4\xbd"),
	    SLICE("\xc3\xbc\xef\xbf\xbd" "a\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd") },
	{ "utf-8", SLICE("\xf0\x9f\x98\x80\xed\xa0\x80"),
	    SLICE("\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd") },
	{ "windows-1252", SLICE("\x80\x81"),
	    SLICE("\xe2\x82\xac\xef\xbf\xbd") },
	{ "utf-16be", SLICE("\0a\xd8\x3d\xde\0\0b"),
	    SLICE("a\xf0\x9f\x98\x80" "b") },
	{ "utf-16le", SLICE("a\0\0\xdc" "b\0"),
	    SLICE("a\xef\xbf\xbd" "b") },
	{ "big5", SLICE("\xa7\x41\xa6\x6e"),
	    SLICE("\xe4\xbd\xa0\xe5\xa5\xbd") },
	{ "iso-8859-15", SLICE("\xa4\xa6\xbd"),
	    SLICE("\xe2\x82\xac\xc5\xa0\xc5\x93") },
	{ "koi8-r", SLICE("\xf0\xd2\xc9"),
	    SLICE("\xd0\x9f\xd1\x80\xd0\xb8") },
	{ "shift_jis", SLICE("\x93\xfa\x83\x65\x61"),
	    SLICE("\xe6\x97\xa5\xe3\x83\x86\x61") },
	{ "euc-kr", SLICE("\xbe\xc8\xb3\xe7\x61"),
	    SLICE("\xec\x95\x88\xeb\x85\x95\x61") },
	{ "gb18030", SLICE("\xc4\xe3\x81\x39\xee\x39\x94\x39\xfc\x36"),
	    SLICE("\xe4\xbd\xa0\xe3\x90\x80\xf0\x9f\x98\x80") },
	{ "windows-1252", SLICE("\x84\x80\x93"),
	    SLICE("\xe2\x80\x9e\xe2\x82\xac\xe2\x80\x9c") },
	{ "iso-8859-1", SLICE("\xfc\xdf"),
	    SLICE("\xc3\xbc\xc3\x9f") },
	{ "euc-jp", SLICE("\xc6\xfc\xcb\xdc"),
	    SLICE("\xe6\x97\xa5\xe6\x9c\xac") },
	{ "iso-2022-jp", SLICE("\x1b$BF|K\\\x1b(Ba"),
	    SLICE("\xe6\x97\xa5\xe6\x9c\xac" "a") },
	{ "ucs-4", SLICE("\x10\x80\x80\0\0\0\0a"),
	    SLICE("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd" "a") },
	{ "utf-7", SLICE("a+AOQ-b"), SLICE("a\xc3\xa4" "b") },
};

static void
charsets(void)
{
	for (size_t i = 0; i < COUNT(foreign); i++) {
		struct slice name = slice_str(foreign[i].charset);
		struct buf out = BUF(1000);

		CASE(foreign[i].charset);
		CHECK_INT(charset_to_utf8(name, foreign[i].in, &out), 0);
		CHECK_SLICE(buf_slice(&out), foreign[i].want);
		for (size_t step = 1; step <= foreign[i].in.n; step++) {
			struct charset *c = charset_open(name);
			struct buf parts = BUF(1000);

			for (size_t k = 0; k < foreign[i].in.n; k += step) {
				struct slice piece = unit_exact(
				    slice_sub(foreign[i].in, k, k + step));

				CHECK_INT(charset_convert(c, piece, &parts),
				    0);
				free((char *)(uintptr_t)piece.p);
			}
			CHECK_INT(charset_finish(c, &parts), 0);
			charset_close(&c);
			CHECK(c == NULL);
			CHECK_SLICE(buf_slice(&parts), buf_slice(&out));
			buf_free(&parts);
		}
		buf_free(&out);
	}
}

static void
unknown(void)
{
	struct buf out = BUF(2);

	CHECK_INT(charset_to_utf8(SLICE("x-nothing"), SLICE("a"), &out), 1);
	CHECK_INT(charset_to_utf8(SLICE("utf-8//x"), SLICE("a"), &out), 1);
	CHECK_INT(charset_to_utf8(SLICE("koi8-r\0"), SLICE("a"), &out), 1);
	CHECK_INT(out.n, 0);
	CHECK_INT(charset_to_utf8(SLICE("utf-8"), SLICE("abc"), &out), -1);
	CHECK_INT(charset_guess(SLICE("ab"), &out), 0);
	buf_free(&out);
}

/* The room that the header promises is enough, for what grows most too. */
static void
room(void)
{
	static const struct {
		const char *charset;
		struct slice unit;
	} cases[] = {
		{ "utf-8", SLICE("\xff") },
		{ "tscii", SLICE("\x82") },
		{ "tscii", SLICE("\x87") },
		{ "ucs-4", SLICE("\x7f\xff\xff\xff") },
		{ "iso-2022-jp", SLICE("\xff") },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct charset *c = charset_open(slice_str(cases[i].charset));
		struct buf in = BUF(8192), out = BUF(CHARSET_ROOM(8192));

		CASE(cases[i].charset);
		if (c == NULL)
			continue;
		while (buf_add(&in, cases[i].unit) == 0)
			;
		CHECK_INT(charset_convert(c, buf_slice(&in), &out), 0);
		CHECK_INT(charset_finish(c, &out), 0);
		CHECK(utf8_valid(buf_slice(&out)));
		buf_free(&in);
		buf_free(&out);
		charset_close(&c);
	}
}

int
main(void)
{
	RUN(charsets);
	RUN(unknown);
	RUN(room);
	return unit_done();
}
