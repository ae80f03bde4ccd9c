/* SPDX-License-Identifier: ISC */
/* Tests of crlf: a stored message gets CRLF line ends, and keeps all else. */

#include "crlf.h"
#include "unit.h"

static void
encode_pieces(struct crlf *c, struct slice in, size_t piece, struct buf *out)
{
	size_t at;

	for (at = 0; at < in.n; at += piece)
		CHECK_INT(crlf_add(c, slice_sub(in, at, at + piece), out), 0);
	CHECK_INT(crlf_end(c, out), 0);
}

static void
samples(void)
{
	static const struct {
		struct slice in, want;
		int dots; /* that are added */
	} cases[] = {
		{ SLICE(""), SLICE(""), 0 },
		{ SLICE("\n"), SLICE("\r\n"), 0 },
		{ SLICE("a"), SLICE("a\r\n"), 0 },
		{ SLICE("a\n"), SLICE("a\r\n"), 0 },
		{ SLICE("a\r\n"), SLICE("a\r\n"), 0 },
		{ SLICE("a\r\r\n"), SLICE("a\r\r\n"), 0 },
		{ SLICE("a\n\nb\n"), SLICE("a\r\n\r\nb\r\n"), 0 },
		{ SLICE("."), SLICE("..\r\n"), 1 },
		{ SLICE(".\n.\r\n.."), SLICE("..\r\n..\r\n...\r\n"), 3 },
		{ SLICE("a.b\n.c.\n"), SLICE("a.b\r\n..c.\r\n"), 1 },
		{ SLICE("a\rb\n"), SLICE("a\rb\r\n"), 0 },
		{ SLICE("a\r.\nb"), SLICE("a\r.\r\nb\r\n"), 0 },
		{ SLICE("a\r"), SLICE("a\r\r\n"), 0 },
		{ SLICE("\r"), SLICE("\r\r\n"), 0 },
		{ SLICE("\0.\n\xff\n"), SLICE("\0.\r\n\xff\r\n"), 0 },
	};
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece <= cases[i].in.n + 1; piece++) {
			struct buf out = BUF(100);
			struct crlf c = { .dots = 1 };

			encode_pieces(&c, cases[i].in, piece, &out);
			CHECK_SLICE(buf_slice(&out), cases[i].want);
			CHECK_INT(c.octets, out.n - (size_t)cases[i].dots);
			buf_free(&out);
		}
}

static void
without_dots(void)
{
	struct crlf c = { 0 };
	struct buf out = BUF(100);

	encode_pieces(&c, SLICE(".\n..a"), 2, &out);
	CHECK_SLICE(buf_slice(&out), SLICE(".\r\n..a\r\n"));
	CHECK_INT(c.octets, 8);
	buf_free(&out);
}

/* Twice as many bytes are enough, and what is too much is not added. */
static void
room(void)
{
	struct crlf c = { .dots = 1 };
	struct buf out = BUF(6);

	CHECK_INT(crlf_add(&c, SLICE("\n\n."), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("\r\n\r\n.."));
	CHECK_INT(crlf_add(&c, SLICE("a"), &out), -1);
	CHECK_INT(crlf_end(&c, &out), -1);
	CHECK_SLICE(buf_slice(&out), SLICE("\r\n\r\n.."));
	buf_free(&out);
}

int
main(void)
{
	RUN(samples);
	RUN(without_dots);
	RUN(room);
	return unit_done();
}
