/* SPDX-License-Identifier: ISC */
/* Unit test of fromline: what of a message is none of it. */

#include "fromline.h"
#include "unit.h"

static const struct {
	const char *in;
	size_t want;
} cases[] = {
	{ "", 0 },
	{ "From", 0 },
	{ ">From", 0 },
	{ "From: a@b\n", 0 },
	{ "from a\n", 0 },
	{ " From a\n", 0 },
	{ ">>From a\n", 0 },
	{ "A: b\nFrom a\n", 0 },
	{ "\nFrom a\n", 0 },
	{ "From ", 5 },
	{ "From a", 6 },
	{ "From a\n", 7 },
	{ "From a\r\nA: b\r\n", 8 },
	{ "From a\n>From b\nA: b\n", 15 },
	{ ">From b\nFrom a\n\nFrom c\n", 15 },
};

static void
lengths(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(slice_str(cases[i].in));

		CASE(cases[i].in);
		CHECK_INT(fromline_length(in), cases[i].want);
		free((char *)(uintptr_t)in.p);
	}
}

int
main(void)
{
	RUN(lengths);
	return unit_done();
}
