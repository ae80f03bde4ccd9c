/* SPDX-License-Identifier: ISC */
/* Tests of enc: both encodings there and back, names, the scan that chooses. */

#include "block.h"
#include "coding.h"

/* Every length to 300 and pieces of every size to 80 come back the same, by
 * lines that a mail path leaves alone. */
static void
round_trips(void)
{
	for (unsigned n = 0; n <= 300; n++) {
		for (unsigned i = 0; i < 2; i++) {
			enum enc e = i ? ENC_BASE64 : ENC_QUOTED_PRINTABLE;
			struct slice in = coding_noise(n, n);
			struct buf whole = BUF(4000);

			coding_encode(e, 0, in, n + 1, &whole);
			coding_check_lines(buf_slice(&whole));
			for (size_t step = 1 + n % 4; step <= 80; step += 4) {
				struct buf coded = BUF(4000), back = BUF(4000);

				coding_encode(e, 0, in, step, &coded);
				CHECK_SLICE(buf_slice(&coded),
				    buf_slice(&whole));
				CHECK_INT(coding_decode(e, buf_slice(&coded),
				    step, &back), 0);
				CHECK_SLICE(buf_slice(&back), in);
				buf_free(&coded);
				buf_free(&back);
			}
			buf_free(&whole);
		}
	}
}

static void
names(void)
{
	CHECK_INT(enc_parse(SLICE("")), ENC_7BIT);
	CHECK_INT(enc_parse(SLICE(" \r\n")), ENC_7BIT);
	CHECK_INT(enc_parse(SLICE(" BASE64 ")), ENC_BASE64);
	CHECK_INT(enc_parse(SLICE("(a) Quoted-Printable(b)")),
	    ENC_QUOTED_PRINTABLE);
	CHECK_INT(enc_parse(SLICE("8bit; x")), ENC_8BIT);
	CHECK_INT(enc_parse(SLICE("binary\r\n")), ENC_BINARY);
	CHECK_INT(enc_parse(SLICE("base64\0")), ENC_UNKNOWN);
	CHECK_INT(enc_parse(SLICE("x-uuencode")), ENC_UNKNOWN);
	for (int e = ENC_7BIT; e < ENC_UNKNOWN; e++)
		CHECK_INT(enc_parse(slice_str(enc_name((enum enc)e))), e);
	CHECK_STR(enc_name(ENC_UNKNOWN), "");
}

static void
no_room(void)
{
	struct enc_decoder d;
	struct enc_encoder e;
	struct buf out = BUF(1025);

	enc_decoder_init(&d, ENC_BASE64);
	CHECK_INT(enc_decode(&d, SLICE("Zm9v"), &out), -1);
	enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, 0);
	CHECK_INT(enc_encode(&e, SLICE("f"), &out), -1);
	enc_encoder_init(&e, ENC_8BIT, 0);
	CHECK_INT(enc_encode(&e, SLICE("same \xff\r"), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("same \xff\r"));
	buf_free(&out);
}

static const struct {
	struct slice in;
	uint64_t eight_bit, escapes, lines;
	size_t longest;
	int nul, bare_cr, crlf, from_line;
	enum enc want, want_eight;
} contents[] = {
	{ SLICE(""), 0, 0, 0, 0, 0, 0, 0, 0, ENC_7BIT, ENC_7BIT },
	{ SLICE("hello you\nthere"), 0, 0, 1, 9, 0, 0, 0, 0, ENC_7BIT,
	    ENC_7BIT },
	{ SLICE("some more text, Gr\xc3\xbc\xc3\x9f" "e\n"), 4, 4, 1,
	    23, 0, 0, 0, 0, ENC_QUOTED_PRINTABLE, ENC_8BIT },
	{ SLICE("\xe4\xbd\xa0\xe5\xa5\xbd"), 6, 6, 0, 6, 0, 0, 0, 0,
	    ENC_BASE64, ENC_8BIT },
	{ SLICE("abc\0defghijklmno"), 0, 1, 0, 16, 1, 0, 0, 0,
	    ENC_QUOTED_PRINTABLE, ENC_QUOTED_PRINTABLE },
	{ SLICE("abcdefghijk\r\nlmnop"), 0, 0, 1, 11, 0, 0, 1, 0,
	    ENC_QUOTED_PRINTABLE, ENC_QUOTED_PRINTABLE },
	{ SLICE("abcdefghijk\rlmnop\r\r\n"), 0, 2, 1, 18, 0, 1, 1, 0,
	    ENC_QUOTED_PRINTABLE, ENC_QUOTED_PRINTABLE },
	{ SLICE("abcdefghijklmnop\r"), 0, 1, 0, 16, 0, 0, 0, 0,
	    ENC_QUOTED_PRINTABLE, ENC_QUOTED_PRINTABLE },
	{ SLICE("aFrom \nFro\nFrom me, = 1\n"), 0, 1, 3, 12, 0, 0, 0,
	    1, ENC_QUOTED_PRINTABLE, ENC_QUOTED_PRINTABLE },
	{ SLICE("a\x7f\x1b\tcdefghijklmnopqr\n"), 0, 2, 1, 20, 0, 0, 0,
	    0, ENC_7BIT, ENC_7BIT },
};

static void
scans(void)
{
	for (size_t i = 0; i < COUNT(contents); i++) {
		CASE(contents[i].in.p);
		for (size_t step = 1; step <= contents[i].in.n + 1; step++) {
			struct enc_scan s;

			enc_scan_init(&s);
			for (size_t k = 0; k < contents[i].in.n; k += step)
				enc_scan(&s,
				    slice_sub(contents[i].in, k, k + step));
			CHECK_INT(s.bytes, contents[i].in.n);
			CHECK_INT(s.eight_bit, contents[i].eight_bit);
			CHECK_INT(s.escapes, contents[i].escapes);
			CHECK_INT(s.lines, contents[i].lines);
			CHECK_INT(s.longest, contents[i].longest);
			CHECK_INT(s.nul, contents[i].nul);
			CHECK_INT(s.bare_cr, contents[i].bare_cr);
			CHECK_INT(s.crlf, contents[i].crlf);
			CHECK_INT(s.from_line, contents[i].from_line);
			CHECK_INT(enc_choose(&s, 0), contents[i].want);
			CHECK_INT(enc_choose(&s, 1), contents[i].want_eight);
		}
	}
}

static void
long_lines(void)
{
	static char text[999];
	struct enc_scan s;

	memset(text, 'a', sizeof(text));
	enc_scan_init(&s);
	CHECK_INT(enc_scan_piece(&s, (struct slice){ text, 998 }, NULL), 0);
	CHECK_INT(enc_choose(&s, 0), ENC_7BIT);
	enc_scan(&s, (struct slice){ text, 1 });
	CHECK_INT(s.longest, 999);
	CHECK_INT(enc_choose(&s, 1), ENC_QUOTED_PRINTABLE);
}

/* What a scan should have counted, from what enc.h says of each field. */
static struct enc_scan
count(struct slice in)
{
	struct enc_scan s = { .bytes = in.n, .last = -1 };
	struct slice rest = in, line;

	for (size_t i = 0; i < in.n; i++) {
		int c = (unsigned char)in.p[i];
		int next = i + 1 < in.n ? in.p[i + 1] : -1;

		s.eight_bit += c > 127;
		s.nul |= c == '\0';
		s.crlf |= c == '\r' && next == '\n';
		s.bare_cr |= c == '\r' && next != '\n' && i + 1 < in.n;
		s.escapes += c > '~' || c == '=' || (c < ' ' && c != '\t' &&
		    c != '\n' && !(c == '\r' && next == '\n'));
		s.last = c;
	}
	while (rest.n > 0) {
		s.lines += (uint64_t)slice_until(&rest, '\n', &line);
		s.from_line |= slice_starts(line, SLICE("From "));
		line.n -= (size_t)slice_ends(line, SLICE("\r"));
		if (line.n > s.longest)
			s.longest = line.n;
	}
	return s;
}

static void
same_scan(struct slice in, size_t step)
{
	struct enc_scan s, want = count(in);

	enc_scan_init(&s);
	for (size_t i = 0; i < in.n; i += step) {
		struct slice piece = unit_exact(slice_sub(in, i, i + step));

		enc_scan(&s, piece);
		free((char *)(uintptr_t)piece.p);
	}
	CHECK_INT(s.bytes, want.bytes);
	CHECK_INT(s.eight_bit, want.eight_bit);
	CHECK_INT(s.escapes, want.escapes);
	CHECK_INT(s.lines, want.lines);
	CHECK_INT(s.longest, want.longest);
	CHECK_INT(s.nul, want.nul);
	CHECK_INT(s.bare_cr, want.bare_cr);
	CHECK_INT(s.crlf, want.crlf);
	CHECK_INT(s.from_line, want.from_line);
	CHECK_INT(s.last, want.last);
}

/* By each way: every length, every start, pieces of every size. */
static void
scans_by_each_way(void)
{
	for (size_t i = 0; i < COUNT(coding_ways); i++) {
		if (block_use(coding_ways[i]) == -1)
			continue;
		CASE(coding_ways[i]);
		for (unsigned seed = 0; seed < CODING_PROSE; seed++) {
			struct slice in = coding_prose(seed);

			same_scan(slice_sub(in, 0, seed), seed + 1);
			same_scan(slice_sub(in, seed, in.n), in.n);
			same_scan(in, seed + 1);
			same_scan(coding_noise(seed, 400), 100 + seed);
		}
	}
	CHECK_INT(block_use(NULL), 0);
}

int
main(void)
{
	RUN(round_trips);
	RUN(names);
	RUN(no_room);
	RUN(scans);
	RUN(long_lines);
	RUN(scans_by_each_way);
	return unit_done();
}
