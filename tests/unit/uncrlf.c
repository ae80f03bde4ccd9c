/* SPDX-License-Identifier: ISC */
/* Tests of uncrlf: whole, and cut anywhere; and that crlf.h gives what the
 * sizes say. */

#include "crlf.h"
#include "uncrlf.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice in, want;
	uint64_t crlf_size;
} cases[] = {
	{ "nothing", SLICE(""), SLICE(""), 0 },
	{ "lines", SLICE("a\r\n\r\nb\r\n"), SLICE("a\n\nb\n"), 8 },
	{ "no line end", SLICE("a\r\nb"), SLICE("a\nb"), 4 },
	{ "bare LF", SLICE("a\nb\n"), SLICE("a\nb\n"), 6 },
	{ "bare CR", SLICE("a\rb\r\r\n"), SLICE("a\rb\r\n"), 5 },
	{ "CR at the end", SLICE("a\r"), SLICE("a\r"), 2 },
	{ "CRs", SLICE("\r\r\r"), SLICE("\r\r\r"), 3 },
	{ "LF CR", SLICE("\n\r\n"), SLICE("\n\n"), 4 },
	{ "NUL", SLICE("\0\r\n\0"), SLICE("\0\n\0"), 4 },
	{ "8-bit", SLICE("\xff\r\n"), SLICE("\xff\n"), 3 },
};

static void
decode(size_t i, size_t piece)
{
	struct slice in = unit_exact(cases[i].in), rest = in, part;
	struct buf out = BUF(100), wire = BUF(200);
	struct uncrlf u = { 0 };
	struct crlf c = { 0 };

	CASE(cases[i].name);
	while (rest.n > 0) {
		part = slice_sub(rest, 0, piece);
		rest = slice_sub(rest, piece, rest.n);
		CHECK_INT(uncrlf_add(&u, part, &out), 0);
	}
	CHECK_INT(uncrlf_end(&u, &out), 0);
	CHECK_SLICE(buf_slice(&out), cases[i].want);
	CHECK_INT(u.size, cases[i].want.n);
	CHECK_INT(u.crlf_size, cases[i].crlf_size);
	CHECK_INT(crlf_add(&c, buf_slice(&out), &wire), 0);
	CHECK_INT(wire.n, u.crlf_size);
	buf_free(&out);
	buf_free(&wire);
	free((char *)(uintptr_t)in.p);
}

static void
decoded(void)
{
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece < 12; piece++)
			decode(i, piece);
}

static void
no_room(void)
{
	struct buf out = BUF(3);
	struct uncrlf u = { 0 };

	CHECK_INT(uncrlf_add(&u, SLICE("ab\r"), &out), 0);
	CHECK_INT(uncrlf_add(&u, SLICE("\nc"), &out), -1);
	buf_free(&out);
}

int
main(void)
{
	RUN(decoded);
	RUN(no_room);
	return unit_done();
}
