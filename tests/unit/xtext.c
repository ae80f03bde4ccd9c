/* SPDX-License-Identifier: ISC */
/* Tests of xtext. */

#include "unit.h"
#include "xtext.h"

static void
encoding(void)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *want;
	} cases[] = {
		{ "nothing", { "", 0 }, "" },
		{ "itself", { "QQ314159", 8 }, "QQ314159" },
		{ "its own signs", { "a+b=c", 5 }, "a+2Bb+3Dc" },
		{ "spaces", { " \t", 2 }, "+20+09" },
		{ "ends of lines", { "\r\n", 2 }, "+0D+0A" },
		{ "NUL and DEL", { "\0\177", 2 }, "+00+7F" },
		{ "8-bit", { "\303\277", 2 }, "+C3+BF" },
		{ "the edges", { "!~", 2 }, "!~" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF(3 * cases[i].in.n);

		CASE(cases[i].name);
		CHECK_INT(xtext_encode(cases[i].in, &out), 0);
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		buf_free(&out);
	}
}

static void
no_room(void)
{
	struct buf out = BUF(5);

	CHECK_INT(xtext_encode(SLICE("ab++"), &out), -1);
	buf_free(&out);
}

/* Each from a heap copy of its exact size. */
static void
decoding(void)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "nothing", { "", 0 }, "" },
		{ "itself", { "rfc822!~", 8 }, "rfc822!~" },
		{ "its own signs", { "a+2Bb+3Dc", 9 }, "a+b=c" },
		{ "a space", { "a+20b", 5 }, "a b" },
		{ "an encoded letter", { "+41+7E", 6 }, "A~" },
		{ "a line feed", { "a+0A", 4 }, NULL },
		{ "a carriage return", { "a+0D", 4 }, NULL },
		{ "a TAB", { "+09", 3 }, NULL },
		{ "NUL", { "+00", 3 }, NULL },
		{ "DEL", { "+7F", 3 }, NULL },
		{ "8-bit", { "+C3+BC", 6 }, NULL },
		{ "a plus alone", { "a+", 2 }, NULL },
		{ "half a byte", { "+4", 2 }, NULL },
		{ "no digit", { "+G1", 3 }, NULL },
		{ "no second digit", { "+4G", 3 }, NULL },
		{ "lower case", { "+4a", 3 }, NULL },
		{ "lower case first", { "+a0", 3 }, NULL },
		{ "an equals sign", { "a=b", 3 }, NULL },
		{ "a raw space", { "a b", 3 }, NULL },
		{ "a raw line feed", { "a\nb", 3 }, NULL },
		{ "a raw NUL", { "\0", 1 }, NULL },
		{ "raw 8-bit", { "\303\274", 2 }, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = cases[i].in.n;
		char *copy = malloc(n + (n == 0));
		struct buf out = BUF(n);

		if (copy == NULL)
			abort();
		memcpy(copy, cases[i].in.p, n);
		CASE(cases[i].name);
		CHECK_INT(xtext_decode((struct slice){ copy, n }, &out),
		    cases[i].want == NULL ? -1 : 0);
		if (cases[i].want != NULL)
			CHECK_SLICE(buf_slice(&out),
			    slice_str(cases[i].want));
		buf_free(&out);
		free(copy);
	}
}

static void
no_room_to_decode(void)
{
	struct buf out = BUF(2);

	CHECK_INT(xtext_decode(SLICE("a+2Bc"), &out), -1);
	buf_free(&out);
}

/* The type utf-8 of RFC 6533: what is written, and what is read of it. */
static void
utf8(void)
{
	static const struct {
		const char *name, *in, *want; /* NULL: refused */
	} cases[] = {
		{ "ASCII", "a-b@x", "a-b@x" },
		{ "two bytes", "j\303\274@x", "j\\x{FC}@x" },
		{ "three and four", "\344\270\255\360\237\230\200",
		    "\\x{4E2D}\\x{1F600}" },
		{ "the last of two, the first of three", "\337\277\340\240\200",
		    "\\x{7FF}\\x{800}" },
		{ "the last of all", "\364\217\277\277", "\\x{10FFFF}" },
		{ "what an xtext has not", "a+b=c\\ d",
		    "a\\x{2B}b\\x{3D}c\\x{5C}\\x{20}d" },
		{ "not UTF-8", "\303", NULL },
		{ "a surrogate", "\355\240\200", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = slice_str(cases[i].in);
		struct buf out = BUF(6 * in.n), back = BUF(in.n);

		CASE(cases[i].name);
		CHECK_INT(xtext_encode_utf8(in, &out),
		    cases[i].want == NULL ? -1 : 0);
		if (cases[i].want != NULL) {
			CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
			CHECK_INT(xtext_decode_utf8(buf_slice(&out), &back),
			    0);
			CHECK_SLICE(buf_slice(&back), in);
		}
		buf_free(&out);
		buf_free(&back);
	}
}

static void
utf8_decoding(void)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "as it is", SLICE("j\303\274@x"), "j\303\274@x" },
		{ "both", SLICE("\303\274\\x{FC}"), "\303\274\303\274" },
		{ "lower case", SLICE("\\x{fc}"), "\303\274" },
		{ "a letter", SLICE("\\x{41}"), NULL },
		{ "a line feed", SLICE("\\x{0A}"), NULL },
		{ "NUL", SLICE("\\x{00}"), NULL },
		{ "DEL", SLICE("\\x{7F}"), NULL },
		{ "zeros", SLICE("\\x{0FC}"), NULL },
		{ "a surrogate", SLICE("\\x{D800}"), NULL },
		{ "the last surrogate", SLICE("\\x{DFFF}"), NULL },
		{ "no surrogate", SLICE("\\x{D7FF}"), "\355\237\277" },
		{ "past the last", SLICE("\\x{110000}"), NULL },
		{ "seven digits", SLICE("\\x{1000000}"), NULL },
		{ "one digit", SLICE("\\x{C}"), NULL },
		{ "no digit", SLICE("\\x{}"), NULL },
		{ "another letter", SLICE("\\x{FG}"), NULL },
		{ "no end", SLICE("\\x{FC"), NULL },
		{ "no brace", SLICE("\\xFC}"), NULL },
		{ "a backslash", SLICE("a\\"), NULL },
		{ "two", SLICE("a\\\\"), NULL },
		{ "the other form", SLICE("a+2Bb"), NULL },
		{ "an equals sign", SLICE("a=b"), NULL },
		{ "a space", SLICE("a b"), NULL },
		{ "a line feed as it is", SLICE("a\nb"), NULL },
		{ "a NUL as it is", SLICE("a\0b"), NULL },
		{ "a DEL as it is", SLICE("a\177b"), NULL },
		{ "not UTF-8", SLICE("a\303"), NULL },
		{ "overlong", SLICE("\301\201"), NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = cases[i].in.n;
		char *copy = malloc(n);
		struct buf out = BUF(n);

		if (copy == NULL)
			abort();
		memcpy(copy, cases[i].in.p, n);
		CASE(cases[i].name);
		CHECK_INT(xtext_decode_utf8((struct slice){ copy, n }, &out),
		    cases[i].want == NULL ? -1 : 0);
		if (cases[i].want != NULL)
			CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		buf_free(&out);
		free(copy);
	}
}

static void
eight_bit(void)
{
	struct buf out = BUF(20);

	CHECK_INT(xtext_decode_8bit(SLICE("a+2B+C3+BC"), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("a+\303\274"));
	CHECK_INT(xtext_decode_8bit(SLICE("+0A"), &out), -1);
	CHECK_INT(xtext_decode_8bit(SLICE("+00"), &out), -1);
	CHECK_INT(xtext_decode_8bit(SLICE("+7F"), &out), -1);
	CHECK_INT(xtext_decode_8bit(SLICE("\303\274"), &out), -1);
	buf_free(&out);
}

static void
originals(void)
{
	static const struct {
		struct slice given, want; /* no bytes: it is none */
	} cases[] = {
		{ SLICE("rfc822;a+2Bb@x"), SLICE("rfc822;a+b@x") },
		{ SLICE("X400;c+3Dus"), SLICE("X400;c=us") },
		{ SLICE("UTF-8;\\x{FC}@x"), SLICE("UTF-8;\303\274@x") },
		{ SLICE("utf-8;+2B"), SLICE("") },
		{ SLICE("rfc822;+0A"), SLICE("") },
		{ SLICE("rfc822"), SLICE("") },
		{ SLICE(""), SLICE("") },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF(cases[i].given.n);
		int rc = xtext_decode_original(cases[i].given, &out);

		CHECK_INT(rc, cases[i].want.n > 0 ? 0 : -1);
		if (rc == 0)
			CHECK_SLICE(buf_slice(&out), cases[i].want);
		buf_free(&out);
	}
}

int
main(void)
{
	RUN(encoding);
	RUN(no_room);
	RUN(decoding);
	RUN(no_room_to_decode);
	RUN(utf8);
	RUN(utf8_decoding);
	RUN(eight_bit);
	RUN(originals);
	return unit_done();
}
