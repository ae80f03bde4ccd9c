/* SPDX-License-Identifier: ISC */
/* Tests of undot: texts off the wire, whole, in pieces, with little room. */

#include "dot.h"
#include "undot.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice in;
	int rc;
	struct slice want, left;
	uint64_t crlf_size, octets;
} cases[] = {
	{ "nothing", SLICE(".\r\n"), UNDOT_END, SLICE(""), SLICE(""), 0, 0 },
	{ "a line", SLICE("a\r\n.\r\n+OK"), UNDOT_END, SLICE("a\n"),
	    SLICE("+OK"), 3, 3 },
	{ "empty lines", SLICE("\r\n\r\n.\r\n"), UNDOT_END, SLICE("\n\n"),
	    SLICE(""), 4, 4 },
	{ "dots", SLICE("..\r\n...\r\n..a\r\n.\r\n"), UNDOT_END,
	    SLICE(".\n..\n.a\n"), SLICE(""), 11, 11 },
	{ "a dot that nobody put", SLICE(".a\r\n.\r\n"), UNDOT_END,
	    SLICE("a\n"), SLICE(""), 3, 3 },
	{ "inside", SLICE("a.\r\nb.c\r\n.\r\n"), UNDOT_END,
	    SLICE("a.\nb.c\n"), SLICE(""), 9, 9 },
	{ "bare LF", SLICE("a\nb\n.\r\n.\r\n"), UNDOT_END,
	    SLICE("a\nb\n.\n"), SLICE(""), 9, 7 },
	{ "LF first", SLICE("\n.\r\n.\r\n"), UNDOT_END, SLICE("\n.\n"),
	    SLICE(""), 5, 4 },
	{ "dot and bare LF", SLICE(".\n\r\n.\r\n"), UNDOT_END,
	    SLICE("\n\n"), SLICE(""), 4, 3 },
	{ "bare CR", SLICE("a\rb\r\n.\r\n"), UNDOT_END, SLICE("a\rb\n"),
	    SLICE(""), 5, 5 },
	{ "CR CR LF", SLICE("a\r\r\n.\r\n"), UNDOT_END, SLICE("a\r\n"),
	    SLICE(""), 3, 4 },
	{ "dot CR CR LF", SLICE(".\r\r\n.\r\n"), UNDOT_END, SLICE("\r\n"),
	    SLICE(""), 2, 3 },
	{ "dot CR else", SLICE(".\ra\r\n.\r\n"), UNDOT_END, SLICE("\ra\n"),
	    SLICE(""), 4, 4 },
	{ "LF CR", SLICE("\n\r.\r\n.\r\n"), UNDOT_END, SLICE("\n\r.\n"),
	    SLICE(""), 6, 5 },
	{ "NUL", SLICE("\0\r\n.\0\r\n.\r\n"), UNDOT_END, SLICE("\0\n\0\n"),
	    SLICE(""), 6, 6 },
	{ "8-bit", SLICE("\xe4\xff\r\n.\r\n"), UNDOT_END, SLICE("\xe4\xff\n"),
	    SLICE(""), 4, 4 },
	{ "no end", SLICE("a\r\n"), UNDOT_MORE, SLICE("a\n"), SLICE(""),
	    3, 3 },
	{ "no end, dot", SLICE("a\r\n.\r"), UNDOT_MORE, SLICE("a\n"),
	    SLICE(""), 3, 3 },
	{ "two ends", SLICE(".\r\n.\r\n"), UNDOT_END, SLICE(""),
	    SLICE(".\r\n"), 0, 0 },
};

/* In pieces of "piece" bytes, with room for "room" at a time. */
static void
decode(size_t i, size_t piece, size_t room)
{
	struct slice all = unit_exact(cases[i].in), rest = all, in;
	struct undot u = { 0 };
	struct buf got = BUF(1000);
	int rc = UNDOT_MORE;

	while (rc == UNDOT_MORE && rest.n > 0) {
		in = slice_sub(rest, 0, piece);
		rest = slice_sub(rest, in.n, rest.n);
		while (rc == UNDOT_MORE && in.n > 0) {
			struct buf out = BUF(room);

			rc = undot_take(&u, &in, &out);
			CHECK(out.n <= room);
			(void)buf_add(&got, buf_slice(&out));
			buf_free(&out);
		}
		rest = (struct slice){ rest.p - in.n, rest.n + in.n };
	}
	CHECK_INT(rc, cases[i].rc);
	CHECK_SLICE(buf_slice(&got), cases[i].want);
	CHECK_SLICE(rest, cases[i].left);
	CHECK_INT(u.size, cases[i].want.n);
	CHECK_INT(u.crlf_size, cases[i].crlf_size);
	CHECK_INT(u.octets, cases[i].octets);
	buf_free(&got);
	free((char *)(uintptr_t)all.p);
}

static void
texts(void)
{
	size_t i, piece, room;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		for (piece = 1; piece <= cases[i].in.n; piece++)
			for (room = 2; room < 20; room += 3)
				decode(i, piece, room);
		decode(i, cases[i].in.n, 1000);
	}
}

/* What dot makes, undot takes apart. */
static void
there_and_back(void)
{
	struct slice text = SLICE("..\n.a\n\n.\nb\n..c\n"), in;
	struct dot d = { 0 };
	struct undot u = { 0 };
	struct buf wire = BUF(1000), back = BUF(1000);

	CHECK_INT(dot_encode(&d, text, &wire), 0);
	CHECK_INT(dot_end(&d, &wire), 0);
	in = buf_slice(&wire);
	CHECK_INT(undot_take(&u, &in, &back), UNDOT_END);
	CHECK_SLICE(buf_slice(&back), text);
	CHECK_INT(u.octets, d.n);
	buf_free(&wire);
	buf_free(&back);
}

int
main(void)
{
	RUN(texts);
	RUN(there_and_back);
	return unit_done();
}
