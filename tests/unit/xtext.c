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

int
main(void)
{
	RUN(encoding);
	RUN(no_room);
	RUN(decoding);
	RUN(no_room_to_decode);
	return unit_done();
}
