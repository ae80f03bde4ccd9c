/* SPDX-License-Identifier: ISC */
/* Tests of quoted: what other programs write, and what they should read. */

#include "block.h"
#include "coding.h"
#include "quoted.h"

static void
decoding(void)
{
	static const struct coding_case cases[] = {
		{ "empty", SLICE(""), SLICE(""), 0 },
		{ "plain", SLICE("a b\nc\r\nd"), SLICE("a b\nc\r\nd"), 0 },
		{ "escapes", SLICE("=41=c3=BC=3D"), SLICE("A\xc3\xbc="), 0 },
		{ "soft break", SLICE("a=\nb=\r\nc"), SLICE("abc"), 0 },
		{ "soft break, spaces", SLICE("a=  \nb= \t\r\nc"),
		    SLICE("abc"), 0 },
		{ "space before soft break", SLICE("a =\nb"), SLICE("a b"),
		    0 },
		{ "trailing spaces", SLICE("a  \nb \t\r\nc "),
		    SLICE("a\nb\r\nc"), 0 },
		{ "line of spaces", SLICE("  \n\n \r\n"), SLICE("\n\n\r\n"),
		    0 },
		{ "escaped spaces", SLICE("a=20\nb=09 \n"),
		    SLICE("a \nb\t\n"), 0 },
		{ "bad escape", SLICE("a=XYb=4Gc=\xff"),
		    SLICE("a=XYb=4Gc=\xff"),
		    ENC_FLAW_ESCAPE | ENC_FLAW_EIGHT_BIT },
		{ "= and spaces", SLICE("a=  b"), SLICE("a=  b"),
		    ENC_FLAW_ESCAPE },
		{ "= before bad", SLICE("==41=4=41"), SLICE("=A=4A"),
		    ENC_FLAW_ESCAPE },
		{ "= at the end", SLICE("a="), SLICE("a"), 0 },
		{ "= CR at the end", SLICE("a=\r"), SLICE("a"), 0 },
		{ "=4 at the end", SLICE("a=4"), SLICE("a=4"),
		    ENC_FLAW_ESCAPE },
		{ "bare CR", SLICE("a\rb \rc=\rd\r"), SLICE("a\rb \rc=\rd\r"),
		    ENC_FLAW_ESCAPE },
		{ "spaces CR at the end", SLICE("a  \r"), SLICE("a\r"), 0 },
		{ "CR CR LF", SLICE("a \r\r\nb"), SLICE("a \r\r\nb"), 0 },
		{ "8-bit", SLICE("\xc3\xbc"), SLICE("\xc3\xbc"),
		    ENC_FLAW_EIGHT_BIT },
		{ "NUL", SLICE("a\0b"), SLICE("a\0b"), 0 },
	};

	coding_check(ENC_QUOTED_PRINTABLE, cases, COUNT(cases));
}

/* Where the pieces end does not matter, however many the spaces. */
static void
many_spaces(void)
{
	static char text[3100];
	static const char *const tails[] = { "\n", "\r\n", "x", "" };

	for (size_t n = 990; n < 3050; n += 103) {
		for (size_t t = 0; t < COUNT(tails); t++) {
			struct buf whole = BUF(10000), parts = BUF(10000);
			struct slice tail = slice_str(tails[t]);
			struct slice in = { text, n + tail.n };

			memset(text, ' ', n);
			text[0] = t & 1 ? '=' : 'a';
			memcpy(text + n, tail.p, tail.n);
			(void)coding_decode(ENC_QUOTED_PRINTABLE, in, in.n,
			    &whole);
			(void)coding_decode(ENC_QUOTED_PRINTABLE, in, 7,
			    &parts);
			CHECK_SLICE(buf_slice(&parts), buf_slice(&whole));
			if (tail.n == 1 && tail.p[0] == 'x')
				CHECK_INT(whole.n, in.n);
			buf_free(&whole);
			buf_free(&parts);
		}
	}
}

#define TEN "0123456789"
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN

static void
encoding(void)
{
	static const struct {
		const char *name;
		int text;
		struct slice in, want;
	} cases[] = {
		{ "empty", 1, SLICE(""), SLICE("") },
		{ "text", 1, SLICE("a b\nc\r\nd"), SLICE("a b\nc\nd") },
		{ "binary", 0, SLICE("a\r\nb\n"), SLICE("a=0D=0Ab=0A") },
		{ "bare CR", 1, SLICE("a\rb\r"), SLICE("a=0Db=0D") },
		{ "escapes", 1, SLICE("=\xc3\xbc\0\x7f\x1b"),
		    SLICE("=3D=C3=BC=00=7F=1B") },
		{ "spaces", 1, SLICE("a \nb\t\r\n c  "),
		    SLICE("a=20\nb=09\n c =20") },
		{ "space, CR", 1, SLICE("a \rb"), SLICE("a =0Db") },
		{ "From", 1, SLICE("From a\nFrom\nFroma\n From b"),
		    SLICE("=46rom a\nFrom\nFroma\n From b") },
		{ "dots", 1, SLICE(".\n..a\na.\n"),
		    SLICE("=2E\n=2E.a\na.\n") },
		{ "75 columns", 1, SLICE(SEVENTY "abcde\n"),
		    SLICE(SEVENTY "abcde\n") },
		{ "76 columns", 1, SLICE(SEVENTY "abcdef\n"),
		    SLICE(SEVENTY "abcde=\nf\n") },
		{ "escape at the end", 1, SLICE(SEVENTY "abc\xc3\n"),
		    SLICE(SEVENTY "abc=\n=C3\n") },
		{ "From after a soft break", 1, SLICE(SEVENTY "abcdeFrom x"),
		    SLICE(SEVENTY "abcde=\n=46rom x") },
		{ "dot after a soft break", 1, SLICE(SEVENTY "abcde."),
		    SLICE(SEVENTY "abcde=\n=2E") },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CASE(cases[i].name);
		for (size_t step = 1; step <= cases[i].in.n + 1; step++) {
			struct buf out = BUF(10000);

			coding_encode(ENC_QUOTED_PRINTABLE, cases[i].text,
			    cases[i].in, step, &out);
			CHECK_SLICE(buf_slice(&out), cases[i].want);
			buf_free(&out);
		}
	}
}

/* Where "dashes" is set no line begins with "--". */
static void
dashes(void)
{
	struct slice in = SLICE("--b\n-\n-a\n" SEVENTY "abcde--\n-- \n-");
	struct slice want = SLICE("=2D-b\n-\n-a\n" SEVENTY "abcde=\n=2D-\n"
	    "=2D-=20\n-");

	for (size_t step = 1; step <= in.n; step++) {
		struct buf out = BUF(10000);
		struct enc_encoder e;

		enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, 1);
		e.dashes = 1;
		for (size_t i = 0; i < in.n; i += step)
			CHECK_INT(enc_encode(&e, slice_sub(in, i, i + step),
			    &out), 0);
		CHECK_INT(enc_encode_end(&e, &out), 0);
		CHECK_SLICE(buf_slice(&out), want);
		buf_free(&out);
	}
}

/* Text comes back with its line ends as LF. */
static void
text_round_trips(void)
{
	for (unsigned n = 0; n <= 300; n++) {
		struct buf coded = BUF(4000), back = BUF(4000), want = BUF(400);
		struct slice in = coding_noise(n, n);

		coding_encode(ENC_QUOTED_PRINTABLE, 1, in, 1 + n % 80, &coded);
		coding_check_lines(buf_slice(&coded));
		CHECK_INT(coding_decode(ENC_QUOTED_PRINTABLE, buf_slice(&coded),
		    1 + n % 7, &back), 0);
		for (size_t i = 0; i < n; i++)
			if (in.p[i] != '\r' || i + 1 == n ||
			    in.p[i + 1] != '\n')
				(void)buf_addc(&want, in.p[i]);
		CHECK_SLICE(buf_slice(&back), buf_slice(&want));
		buf_free(&coded);
		buf_free(&back);
		buf_free(&want);
	}
}

/* By the way that is taken, in exactly the room that quoted.h asks for. */
static void
encode_whole(int text, struct slice in, struct buf *out)
{
	char *room = malloc(4 * in.n + 1024), *end;
	struct enc_encoder e;

	enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, text);
	e.dashes = 1;
	end = quoted_encode(&e, in, room);
	(void)buf_add(out, (struct slice){ room, (size_t)(end - room) });
	end = quoted_encode_end(&e, room);
	(void)buf_add(out, (struct slice){ room, (size_t)(end - room) });
	free(room);
}

static unsigned
decode_whole(struct slice in, struct buf *out)
{
	char *room = malloc(in.n + 1024), *end;
	struct enc_decoder d;

	enc_decoder_init(&d, ENC_QUOTED_PRINTABLE);
	end = quoted_decode(&d, in, room);
	(void)buf_add(out, (struct slice){ room, (size_t)(end - room) });
	end = quoted_decode_end(&d, room);
	(void)buf_add(out, (struct slice){ room, (size_t)(end - room) });
	free(room);
	return d.flaws;
}

static void
encode_cut(int text, struct slice in, size_t step, struct buf *out)
{
	struct enc_encoder e;

	enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, text);
	e.dashes = 1;
	for (size_t i = 0; i < in.n; i += step)
		CHECK_INT(enc_encode(&e, slice_sub(in, i, i + step), out), 0);
	CHECK_INT(enc_encode_end(&e, out), 0);
}

/* Blocks give what single bytes give, wherever they begin and end. */
static void
same_encoded(int text, struct slice in)
{
	struct buf want = BUF(4000), got = BUF(4000);

	encode_cut(text, in, 1, &want);
	encode_whole(text, in, &got);
	CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	for (size_t step = 128; step < in.n; step += 3) {
		buf_clear(&got);
		encode_cut(text, in, step, &got);
		CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	}
	buf_free(&want);
	buf_free(&got);
}

static void
same_decoded(struct slice in)
{
	struct buf want = BUF(4000), got = BUF(4000);
	unsigned flaws = coding_decode(ENC_QUOTED_PRINTABLE, in, 1, &want);

	CHECK_INT(decode_whole(in, &got), flaws);
	CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	for (size_t step = 128; step < in.n; step += 3) {
		buf_clear(&got);
		CHECK_INT(coding_decode(ENC_QUOTED_PRINTABLE, in, step, &got),
		    flaws);
		CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	}
	buf_free(&want);
	buf_free(&got);
}

/* Every length and every start, of prose; single bytes are the measure. */
static void
blocks(void)
{
	for (unsigned seed = 0; seed < 400; seed++) {
		struct slice in = unit_exact(coding_prose(seed));
		struct slice tail = slice_sub(in, seed % 64, in.n);

		CASE(block_way()->name);
		same_encoded(1, tail);
		same_encoded(0, tail);
		same_decoded(tail);
		free((char *)(uintptr_t)in.p);
		in = unit_exact(slice_sub(coding_prose(seed), 0, seed));
		same_encoded(1, in);
		same_decoded(in);
		free((char *)(uintptr_t)in.p);
	}
}

/* Each byte at each place of a block, before a letter and a line end. */
static void
blocks_with_any_byte(void)
{
	char text[200];

	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 40; at < 140; at++) {
			struct slice in = { text, sizeof(text) };
			struct buf want = BUF(4000), got = BUF(4000);

			memset(text, 'a', sizeof(text));
			text[at] = (char)c;
			text[at + 1 + c % 2] = c % 3 ? '\n' : '\r';
			text[at + 2 + c % 2] = '\n';
			encode_cut(1, in, 1, &want);
			encode_whole(1, in, &got);
			CHECK_SLICE(buf_slice(&got), buf_slice(&want));
			buf_clear(&got);
			buf_clear(&want);
			(void)coding_decode(ENC_QUOTED_PRINTABLE, in, 1, &want);
			(void)decode_whole(in, &got);
			CHECK_SLICE(buf_slice(&got), buf_slice(&want));
			buf_free(&want);
			buf_free(&got);
		}
}

static void
blocks_by_each_way(void)
{
	for (size_t i = 0; i < COUNT(coding_ways); i++)
		if (block_use(coding_ways[i]) == 0) {
			blocks();
			blocks_with_any_byte();
			many_spaces();
		}
	CHECK_INT(block_use(NULL), 0);
}

int
main(void)
{
	RUN(decoding);
	RUN(many_spaces);
	RUN(encoding);
	RUN(dashes);
	RUN(text_round_trips);
	RUN(blocks_by_each_way);
	return unit_done();
}
