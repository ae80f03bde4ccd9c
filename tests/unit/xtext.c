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

int
main(void)
{
	RUN(encoding);
	RUN(no_room);
	return unit_done();
}
