/* SPDX-License-Identifier: ISC */
/* Tests of dot: any bytes, cut anywhere, become lines with one end. */

#include "dot.h"
#include "unit.h"

enum { LONGEST = 64 };

static void
encode_pieces(struct slice in, size_t piece, struct buf *out)
{
	struct dot d = { 0 };
	size_t at;

	for (at = 0; at < in.n; at += piece)
		CHECK_INT(dot_encode(&d, slice_sub(in, at, at + piece), out),
		    0);
	CHECK_INT(dot_end(&d, out), 0);
}

static void
samples(void)
{
	static const struct {
		struct slice in, want;
	} cases[] = {
		{ SLICE(""), SLICE(".\r\n") },
		{ SLICE("a"), SLICE("a\r\n.\r\n") },
		{ SLICE("a\n"), SLICE("a\r\n.\r\n") },
		{ SLICE("a\r\n"), SLICE("a\r\n.\r\n") },
		{ SLICE("a\r"), SLICE("a\r\n.\r\n") },
		{ SLICE("a\n\n"), SLICE("a\r\n\r\n.\r\n") },
		{ SLICE("a\r\r\n"), SLICE("a\r\n\r\n.\r\n") },
		{ SLICE("a\n\rb"), SLICE("a\r\n\r\nb\r\n.\r\n") },
		{ SLICE("."), SLICE("..\r\n.\r\n") },
		{ SLICE(".\n.\n"), SLICE("..\r\n..\r\n.\r\n") },
		{ SLICE("a.b\n.c.\n"), SLICE("a.b\r\n..c.\r\n.\r\n") },
		{ SLICE("..\n"), SLICE("...\r\n.\r\n") },
		/* A dot behind a bare CR begins a line on the wire. */
		{ SLICE("a\r.\rQUIT\r"),
		    SLICE("a\r\n..\r\nQUIT\r\n.\r\n") },
		{ SLICE("a\r\n.\r\nb"), SLICE("a\r\n..\r\nb\r\n.\r\n") },
		{ SLICE("a\n.\r\n"), SLICE("a\r\n..\r\n.\r\n") },
		{ SLICE("\0.\n\xff.\n"), SLICE("\0.\r\n\xff.\r\n.\r\n") },
	};
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece <= cases[i].in.n + 1; piece++) {
			struct buf out = BUF(1000);

			encode_pieces(cases[i].in, piece, &out);
			CHECK_SLICE(buf_slice(&out), cases[i].want);
			buf_free(&out);
		}
}

/* What goes in chunks: the same lines, no dots. */
static void
without_dots(void)
{
	struct slice in = SLICE(".\n..a\r.\r\nb\n\rc"), want =
	    SLICE(".\r\n..a\r\n.\r\nb\r\n\r\nc\r\n");
	size_t piece, at;

	for (piece = 1; piece <= in.n; piece++) {
		struct dot d = { .plain = 1 };
		struct buf out = BUF(1000);

		for (at = 0; at < in.n; at += piece)
			CHECK_INT(dot_encode(&d, slice_sub(in, at, at + piece),
			    &out), 0);
		CHECK_INT(dot_end(&d, &out), 0);
		CHECK_SLICE(buf_slice(&out), want);
		CHECK_INT(d.n, want.n);
		buf_free(&out);
	}
}

/* What the text is: its lines, whatever ends them, each with LF. */
static void
plain_lines(struct slice in, struct buf *out)
{
	size_t i;
	int inside = 0;

	for (i = 0; i < in.n; i++) {
		int end = in.p[i] == '\n' || in.p[i] == '\r';

		if (in.p[i] == '\r' && i + 1 < in.n && in.p[i + 1] == '\n')
			i++;
		(void)buf_addc(out, end ? '\n' : in.p[i]);
		inside = !end;
	}
	if (inside)
		(void)buf_addc(out, '\n');
}

/* What a receiver makes of the wire form; stops at the lone dot. */
static size_t
decode(struct slice wire, struct buf *out)
{
	struct slice line, rest = wire;

	while (slice_until(&rest, '\n', &line)) {
		if (!slice_ends(line, SLICE("\r")))
			break;
		line.n--;
		if (slice_eq(line, SLICE(".")))
			return wire.n - rest.n;
		(void)buf_add(out, dot_decode(line));
		(void)buf_addc(out, '\n');
	}
	return 0;
}

static int
has_bare(struct slice wire)
{
	size_t i;

	for (i = 0; i < wire.n; i++)
		if ((wire.p[i] == '\n' && (i == 0 || wire.p[i - 1] != '\r')) ||
		    (wire.p[i] == '\r' &&
		    (i + 1 == wire.n || wire.p[i + 1] != '\n')))
			return 1;
	return 0;
}

/* The property that everything rests on, for one text cut once. */
static void
check_text(struct slice in, size_t cut)
{
	struct buf out = BUF(4 * LONGEST + 20), want = BUF(2 * LONGEST);
	struct buf got = BUF(2 * LONGEST);
	struct dot d = { 0 };

	CHECK_INT(dot_encode(&d, slice_sub(in, 0, cut), &out), 0);
	CHECK_INT(dot_encode(&d, slice_sub(in, cut, in.n), &out), 0);
	CHECK_INT(dot_end(&d, &out), 0);
	plain_lines(in, &want);
	CHECK_INT(decode(buf_slice(&out), &got), out.n);
	CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	CHECK_INT(has_bare(buf_slice(&out)), 0);
	if (unit_bad)
		unit_bytes("in", in);
	buf_free(&out);
	buf_free(&want);
	buf_free(&got);
}

/* Every text of up to six of these bytes, cut at every place. */
static void
all_short_texts(void)
{
	static const char bytes[] = { '.', '\r', '\n', 'a' };
	char text[6];
	size_t n, i, k, cut, count = 1;

	for (n = 0; n <= sizeof(text); n++, count *= 4)
		for (i = 0; i < count && !unit_bad; i++) {
			for (k = 0; k < n; k++)
				text[k] = bytes[i >> 2 * k & 3];
			for (cut = 0; cut <= n; cut++)
				check_text((struct slice){ text, n }, cut);
		}
}

static void
many_long_texts(void)
{
	static const char bytes[] = ".....\r\r\r\n\n\n\0abc\x80\xff ";
	uint32_t seed = 2463534242U;
	char text[LONGEST];
	size_t n, i;
	int round;

	for (round = 0; round < 50000 && !unit_bad; round++) {
		for (i = 0; i < LONGEST; i++) {
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			text[i] = bytes[seed % (sizeof(bytes) - 1)];
		}
		n = seed % (LONGEST + 1);
		check_text((struct slice){ text, n }, n == 0 ? 0 :
		    (seed >> 8) % n);
	}
}

static void
counts_without_added_dots(void)
{
	struct buf out = BUF(1000);
	struct dot d = { 0 };

	CHECK_INT(dot_encode(&d, SLICE(".a\n..\r\nb"), &out), 0);
	CHECK_INT(d.n, 4 + 4 + 1);
	CHECK_INT(dot_end(&d, &out), 0);
	CHECK_INT(d.n, 4 + 4 + 3);
	buf_free(&out);
}

static void
no_room(void)
{
	struct buf out = BUF(2 * 3 + 8 - 1);
	struct dot d = { 0 };

	CHECK_INT(dot_encode(&d, SLICE("..."), &out), -1);
	CHECK_INT(out.n, 0);
	out.max++;
	CHECK_INT(dot_encode(&d, SLICE("..."), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("...."));
	out.max = 10;
	CHECK_INT(dot_end(&d, &out), -1);
	buf_free(&out);
}

static void
decoding(void)
{
	CHECK_SLICE(dot_decode(SLICE("")), SLICE(""));
	CHECK_SLICE(dot_decode(SLICE("a.")), SLICE("a."));
	CHECK_SLICE(dot_decode(SLICE("..")), SLICE("."));
	CHECK_SLICE(dot_decode(SLICE(".a")), SLICE("a"));
}

int
main(void)
{
	RUN(samples);
	RUN(without_dots);
	RUN(all_short_texts);
	RUN(many_long_texts);
	RUN(counts_without_added_dots);
	RUN(no_room);
	RUN(decoding);
	return unit_done();
}
