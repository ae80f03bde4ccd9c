/* SPDX-License-Identifier: ISC */
/* Tests of base64: what other programs write, and what they should read; and
 * that all ways to do it that this processor has do the same. */

#include "base64.h"
#include "coding.h"

enum {
	LONGEST = 400,
	ALIGNMENTS = 64,
};

static const char *const ways[] = { "plain", "ssse3", "avx2" };

static void
decoding(void)
{
	static const struct coding_case cases[] = {
		{ "empty", SLICE(""), SLICE(""), 0 },
		{ "none", SLICE("\r\n\n"), SLICE(""), 0 },
		{ "three", SLICE("Zm9v"), SLICE("foo"), 0 },
		{ "two", SLICE("Zm8="), SLICE("fo"), 0 },
		{ "one", SLICE("Zg=="), SLICE("f"), 0 },
		{ "lines", SLICE("Zm9v\r\nYmFy\nYmF6"), SLICE("foobarbaz"),
		    0 },
		{ "odd lines", SLICE("Z\nm9\nvYm\nFyYm\nF6"),
		    SLICE("foobarbaz"), 0 },
		{ "spaces", SLICE(" Zm 9v\t"), SLICE("foo"), 0 },
		{ "all", SLICE("+/+/"), SLICE("\xfb\xff\xbf"), 0 },
		{ "junk", SLICE("aGVs!bG8g\n*d29y=bGQ=\nIQ==TRAIL"),
		    SLICE("hello world!M\x10\x08"),
		    ENC_FLAW_JUNK | ENC_FLAW_PAD | ENC_FLAW_SHORT },
		{ "8-bit junk", SLICE("Zm\xff\x80" "9v"), SLICE("foo"),
		    ENC_FLAW_JUNK },
		{ "NUL", SLICE("Zm9v\0YmFy"), SLICE("foobar"), ENC_FLAW_JUNK },
		{ "concatenated", SLICE("aGVsbG8=\nd29ybGQ="),
		    SLICE("helloworld"), ENC_FLAW_PAD },
		{ "no padding", SLICE("aGVsbG8"), SLICE("hello"),
		    ENC_FLAW_SHORT },
		{ "one character", SLICE("Zm9vY"), SLICE("foo"),
		    ENC_FLAW_SHORT },
		{ "too much padding", SLICE("Zg===="), SLICE("f"), 0 },
		{ "padding alone", SLICE("=Zm9v"), SLICE("foo"),
		    ENC_FLAW_JUNK },
		{ "padded lone character", SLICE("Zm9vY="), SLICE("foo"),
		    ENC_FLAW_SHORT },
	};

	coding_check(ENC_BASE64, cases, COUNT(cases));
}

static void
encoding(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "f", "Zg==\n" },
		{ "fo", "Zm8=\n" },
		{ "foo", "Zm9v\n" },
		{ "\xfb\xff\xbf", "+/+/\n" },
		{ "123456789012345678901234567890123456789012345678901234567",
		    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyM"
		    "zQ1Njc4OTAxMjM0NTY3\n" },
		{ "1234567890123456789012345678901234567890123456789012345678",
		    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyM"
		    "zQ1Njc4OTAxMjM0NTY3\nOA==\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(2000);

		CASE(cases[i].in);
		coding_encode(ENC_BASE64, 0, slice_str(cases[i].in), 100, &out);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
	}
}

/* A heap copy of exactly its size that begins at "align"; free(3) *block. */
static struct slice
exact_at(struct slice s, size_t align, void **block)
{
	char *p;

	if (posix_memalign(block, ALIGNMENTS, align + s.n + (s.n == 0)) != 0)
		abort();
	p = (char *)*block + align;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct slice){ p, s.n };
}

/* Decodes "in" in two pieces, in exactly the room that base64.h asks for. */
static unsigned
decode_cut(struct slice in, size_t cut, size_t align, struct buf *out)
{
	struct slice piece = slice_sub(in, 0, cut), rest;
	struct enc_decoder d;

	enc_decoder_init(&d, ENC_BASE64);
	for (;;) {
		void *from, *room;
		char *to, *end;

		rest = slice_sub(in, piece.n, in.n);
		if (posix_memalign(&room, ALIGNMENTS, align + piece.n + 8) != 0)
			abort();
		to = (char *)room + align;
		end = base64_decode(&d, exact_at(piece, align, &from), to);
		(void)buf_add(out, (struct slice){ to, (size_t)(end - to) });
		free(from);
		free(room);
		if (rest.n == 0)
			break;
		in = piece = rest;
	}
	CHECK_INT(enc_decode_end(&d, out), 0);
	return d.flaws;
}

static void
encode_cut(struct slice in, size_t cut, size_t align, struct buf *out)
{
	struct slice pieces[] = { slice_sub(in, 0, cut),
		slice_sub(in, cut, in.n) };
	struct enc_encoder e;

	enc_encoder_init(&e, ENC_BASE64, 0);
	for (size_t i = 0; i < 2; i++) {
		size_t n = align + 2 * pieces[i].n + 80;
		void *from, *room;
		char *to, *end;

		if (posix_memalign(&room, ALIGNMENTS, n) != 0)
			abort();
		to = (char *)room + align;
		end = base64_encode(&e, exact_at(pieces[i], align, &from), to);
		(void)buf_add(out, (struct slice){ to, (size_t)(end - to) });
		free(from);
		free(room);
	}
	CHECK_INT(enc_encode_end(&e, out), 0);
}

/* The other ways decode "in", cut there, to what the plain one does. */
static void
same_decoded(struct slice in, size_t cut, size_t align)
{
	struct buf want = BUF(2000), got = BUF(2000);
	unsigned flaws;

	(void)base64_use("plain");
	flaws = decode_cut(in, in.n, align, &want);
	for (size_t i = 0; i < COUNT(ways); i++) {
		if (base64_use(ways[i]) == -1)
			continue;
		buf_clear(&got);
		CASE(ways[i]);
		CHECK_INT(decode_cut(in, cut, align, &got), flaws);
		CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	}
	buf_free(&want);
	buf_free(&got);
}

/* Sets "out" to "n" characters in lines of "width", 0 for none. */
static void
make_text(struct buf *out, size_t n, size_t width, const char *eol)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				       "mnopqrstuvwxyz0123456789+/";
	unsigned x = (unsigned)(n * 31 + width);

	buf_clear(out);
	for (size_t i = 1; i <= n; i++) {
		x = x * 1103515245 + 12345;
		(void)buf_addc(out, alphabet[x >> 16 & 63]);
		if (width > 0 && i % width == 0)
			(void)buf_adds(out, eol);
	}
}

/* Every length at every alignment. */
static void
ways_at_alignments(void)
{
	static const size_t widths[] = { 76, 0, 64, 75, 31 };
	struct buf text = BUF(2000);

	for (size_t w = 0; w < 2 * COUNT(widths); w++) {
		make_text(&text, LONGEST, widths[w / 2],
		    w & 1 ? "\r\n" : "\n");
		for (size_t n = 0; n <= LONGEST; n++)
			for (size_t a = w; a < ALIGNMENTS; a += w < 3 ? 1 : 9)
				same_decoded(slice_sub(buf_slice(&text), 0, n),
				    n, a);
	}
	buf_free(&text);
}

/* Lines of every length, and pieces that end everywhere. */
static void
ways_in_pieces(void)
{
	struct buf text = BUF(2000);

	for (size_t width = 0; width <= 110; width++) {
		make_text(&text, 330, width, width & 1 ? "\n" : "\r\n");
		for (size_t cut = 0; cut <= text.n; cut++)
			same_decoded(buf_slice(&text), cut, cut % ALIGNMENTS);
	}
	buf_free(&text);
}

/* Each byte value at each position, and in its neighbourhood another. */
static void
ways_with_any_byte(void)
{
	static const char *const eols[] = { "\n", "\r\n" };
	struct buf text = BUF(2000);

	for (size_t e = 0; e < COUNT(eols); e++) {
		for (size_t at = 0; at < 160; at++)
			for (unsigned c = 0; c < 256; c++) {
				make_text(&text, 240, 76, eols[e]);
				text.p[at] = (char)c;
				same_decoded(buf_slice(&text), text.n, at % 16);
				text.p[at + 3 + c % 4] = '=';
				same_decoded(buf_slice(&text), at, at % 16);
			}
	}
	buf_free(&text);
}

static void
ways_with_padding(void)
{
	static const char *const what[] = { "=", "==", "=\n", "==\r\n", "====",
		" ", "\t\n", "\r", "\n\n", "\r\r\n", "\n \n", "=A=", "--\n" };
	struct buf text = BUF(2000), in = BUF(2000);

	make_text(&text, 240, 76, "\n");
	for (size_t i = 0; i < COUNT(what); i++)
		for (size_t at = 0; at <= text.n; at++) {
			struct slice s = buf_slice(&text);

			buf_clear(&in);
			(void)buf_add(&in, slice_sub(s, 0, at));
			(void)buf_adds(&in, what[i]);
			(void)buf_add(&in, slice_sub(s, at, s.n));
			same_decoded(buf_slice(&in), in.n, 0);
			same_decoded(buf_slice(&in), at + 1, 5);
		}
	buf_free(&text);
	buf_free(&in);
}

/* Every length at every alignment, and in two pieces. */
static void
ways_of_encoding(void)
{
	static char bytes[LONGEST];
	struct buf want = BUF(2000), got = BUF(2000);

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i * 7 + i / 3);
	for (size_t k = 0; k <= LONGEST * ALIGNMENTS; k++) {
		struct slice in = { bytes, k / ALIGNMENTS };

		(void)base64_use("plain");
		buf_clear(&want);
		encode_cut(in, in.n, 0, &want);
		for (size_t i = 0; i < COUNT(ways); i++) {
			if (base64_use(ways[i]) == -1)
				continue;
			CASE(ways[i]);
			buf_clear(&got);
			encode_cut(in, k % 7 == 0 ? k % (in.n + 1) : in.n,
			    k % ALIGNMENTS, &got);
			CHECK_SLICE(buf_slice(&got), buf_slice(&want));
		}
	}
	buf_free(&want);
	buf_free(&got);
}

/* Each 24 bits that differ in one character encode to it: all 64, at each of
 * the places in a row. */
static void
ways_of_each_character(void)
{
	char row[BASE64_ROW];
	struct buf want = BUF(2000), got = BUF(2000);

	for (unsigned c = 0; c < 64; c++) {
		uint32_t group = c << 18 | c << 12 | c << 6 | c;

		for (size_t i = 0; i < sizeof(row); i++)
			row[i] = (char)(group >> (16 - 8 * (i % 3)));
		(void)base64_use("plain");
		buf_clear(&want);
		encode_cut((struct slice){ row, sizeof(row) }, 0, 0, &want);
		for (size_t i = 1; i < want.n - 1; i++)
			CHECK(want.p[i] == want.p[0]);
		for (size_t i = 0; i < COUNT(ways); i++) {
			if (base64_use(ways[i]) == -1)
				continue;
			buf_clear(&got);
			encode_cut((struct slice){ row, sizeof(row) }, 0, 0,
			    &got);
			CHECK_SLICE(buf_slice(&got), buf_slice(&want));
		}
	}
	buf_free(&want);
	buf_free(&got);
}

/* The tables of cases again, by each way. */
static void
cases_by_each_way(void)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		int here = base64_use(ways[i]) == 0;

		printf("# %s: %s\n", ways[i],
		    here ? "tested" : "not on this processor");
		if (!here)
			continue;
		decoding();
		encoding();
	}
	CHECK_INT(base64_use("no such way"), -1);
	CHECK_INT(base64_use(NULL), 0);
}

int
main(void)
{
	RUN(decoding);
	RUN(encoding);
	RUN(cases_by_each_way);
	RUN(ways_at_alignments);
	RUN(ways_in_pieces);
	RUN(ways_with_any_byte);
	RUN(ways_with_padding);
	RUN(ways_of_encoding);
	RUN(ways_of_each_character);
	return unit_done();
}
