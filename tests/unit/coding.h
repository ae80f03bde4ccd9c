/* SPDX-License-Identifier: ISC */
/* coding: encoding and decoding in pieces, for the tests of enc, base64 and
 * quoted. */
#ifndef CODING_H
#define CODING_H

#include "enc.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Decodes "in" in pieces of "step" bytes, each an exact copy: the flaws. */
static inline unsigned
coding_decode(enum enc e, struct slice in, size_t step, struct buf *out)
{
	struct enc_decoder d;

	enc_decoder_init(&d, e);
	for (size_t i = 0; i < in.n; i += step) {
		struct slice piece = unit_exact(slice_sub(in, i, i + step));

		CHECK_INT(enc_decode(&d, piece, out), 0);
		free((char *)(uintptr_t)piece.p);
	}
	CHECK_INT(enc_decode_end(&d, out), 0);
	return d.flaws;
}

static inline void
coding_encode(enum enc e, int text, struct slice in, size_t step,
    struct buf *out)
{
	struct enc_encoder state;

	enc_encoder_init(&state, e, text);
	for (size_t i = 0; i < in.n; i += step) {
		struct slice piece = unit_exact(slice_sub(in, i, i + step));

		CHECK_INT(enc_encode(&state, piece, out), 0);
		free((char *)(uintptr_t)piece.p);
	}
	CHECK_INT(enc_encode_end(&state, out), 0);
}

struct coding_case {
	const char *name;
	struct slice in, want;
	unsigned flaws;
};

/* As a whole, and in pieces of every size. */
static inline void
coding_check(enum enc e, const struct coding_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CASE(cases[i].name);
		for (size_t step = 1; step <= cases[i].in.n + 1; step++) {
			struct buf out = BUF(100000);

			CHECK_INT(coding_decode(e, cases[i].in, step, &out),
			    cases[i].flaws);
			CHECK_SLICE(buf_slice(&out), cases[i].want);
			buf_free(&out);
		}
		for (size_t k = 0; k < cases[i].in.n; k++) {
			struct buf out = BUF(100000);

			(void)coding_decode(e, slice_sub(cases[i].in, 0, k),
			    k + 1, &out);
			buf_free(&out);
		}
	}
}

/* Bytes that are never the same and often special. */
static inline struct slice
coding_noise(unsigned seed, size_t n)
{
	static const char special[] = " \t\r\n=.From \xff\0";
	static char text[400];
	unsigned x = seed * 2654435761u + 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		text[i] = x >> 28 < 6 ? special[(x >> 16) % sizeof(special)]
				      : (char)(x >> 20);
		if (seed % 3 == 0 && x >> 28 >= 6)
			text[i] = (char)('a' + (x >> 20) % 26);
	}
	return (struct slice){ text, n };
}

enum { CODING_PROSE = 400 };

/* Words, longer ones than a line among them, and between them what is special
 * in text or in quoted-printable. */
static inline struct slice
coding_prose(unsigned seed)
{
	static const char *const between[] = { " ", " \n", "\t\n", " \r\n",
		"\r\n", "\n", "\r", ".", "\n.", "\nFrom ", "\n--", "=", "=\n",
		"=\r\n", "= \n", "=41", "=e4", "=4", "   \n", "\xc3\xbc",
		"\t", "\n-", "\xe2\x82\xac", "F", " \r" };
	static char text[CODING_PROSE + 100];
	unsigned x = seed * 2654435761u + 1, longest = 4 + seed % 5 * 20;
	size_t n = 0;

	while (n < CODING_PROSE) {
		const char *s;

		x = x * 1103515245 + 12345;
		for (unsigned i = (x >> 16) % longest; i > 0; i--)
			text[n++] = (char)('a' + (x >> 20) % 26);
		x = x * 1103515245 + 12345;
		for (s = between[(x >> 16) % COUNT(between)]; *s != '\0'; s++)
			text[n++] = *s;
	}
	return (struct slice){ text, CODING_PROSE };
}

static const char *const coding_ways[] = { "plain", "sse2", "avx2" };

static inline void
coding_check_lines(struct slice s)
{
	struct slice line;

	while (s.n > 0) {
		CHECK(slice_until(&s, '\n', &line) || s.n == 0);
		CHECK(line.n <= 76);
		CHECK(!slice_starts(line, SLICE("From ")));
		CHECK(!slice_starts(line, SLICE(".")));
		CHECK(slice_trim(line).n == 0 ||
		    strchr(" \t\r", line.p[line.n - 1]) == NULL);
		for (size_t i = 0; i < line.n; i++)
			CHECK((line.p[i] >= ' ' && line.p[i] <= '~') ||
			    line.p[i] == '\t');
	}
}

#endif
