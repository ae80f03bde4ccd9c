/* SPDX-License-Identifier: ISC */
/* Unit test of plainlines: what is taken, what is left, and that nothing behind
 * it is touched. */

#include "buf.h"
#include "plainlines.h"
#include "unit.h"

enum { MOST = 8 };

static const struct {
	struct slice in, want;
	size_t taken, lines;
} cases[] = {
	{ SLICE(""), SLICE(""), 0, 0 },
	{ SLICE("\r\n"), SLICE("\n"), 2, 1 },
	{ SLICE("a\r\n\r\nb c\r\n"), SLICE("a\n\nb c\n"), 10, 3 },
	{ SLICE("12345678\r\n"), SLICE("12345678\n"), 10, 1 },
	{ SLICE("a\r\n123456789\r\nb\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a.\r\n.\r\n"), SLICE("a.\n"), 4, 1 },
	{ SLICE("a\r\n..b\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb\r"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb\nc\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb\rc\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb\r\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\nb\0c\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("a\r\n\n\r\n"), SLICE("a\n"), 3, 1 },
	{ SLICE("\n.\r\n"), SLICE(""), 0, 0 },
	{ SLICE("\377\r\n"), SLICE("\377\n"), 3, 1 },
};

static void
lines(void)
{
	char text[64];
	struct plainlines l;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = cases[i].in;

		CASE(in.p);
		if (in.n > 0)
			memcpy(text, in.p, in.n);
		l = plainlines_take(text, in.n, MOST);
		CHECK_INT(l.taken, cases[i].taken);
		CHECK_INT(l.lines, cases[i].lines);
		CHECK_SLICE(((struct slice){ text, l.n }), cases[i].want);
		CHECK_SLICE(((struct slice){ text + l.taken, in.n - l.taken }),
		    slice_sub(in, l.taken, in.n));
	}
}

int
main(void)
{
	RUN(lines);
	return unit_done();
}
