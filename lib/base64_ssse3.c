/* SPDX-License-Identifier: ISC */
/*
 * base64_ssse3: the bulk of base64 with 16-byte vectors, for processors of
 * x86-64 without longer ones; see base64.h.  It is base64_avx2.c again, which
 * has the tables explained; a line of 76 characters is five vectors here.
 */

#ifdef __x86_64__

#include <immintrin.h>

#include "base64.h"

#define SSSE3 __attribute__((target("ssse3")))

enum {
	CHARS = 16, /* in a vector, */
	BYTES = 12, /* and what they stand for */
	LINE = BASE64_LINE,
};

static inline SSSE3 __m128i
load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline SSSE3 void
store(char *to, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)to, v);
}

static inline SSSE3 __m128i
mask(void)
{
	return _mm_set1_epi8('/');
}

static inline SSSE3 __m128i
upper_bits(__m128i chars)
{
	return _mm_and_si128(_mm_srli_epi16(chars, 4), mask());
}

/* Not 0 for each byte that is not of the alphabet. */
static inline SSSE3 __m128i
find_bad(__m128i chars)
{
	const __m128i kinds = _mm_setr_epi8(16, 16, 1, 2, 4, 8, 4, 8, 16, 16,
	    16, 16, 16, 16, 16, 16);
	const __m128i bad = _mm_setr_epi8(21, 17, 17, 17, 17, 17, 17, 17, 17,
	    17, 19, 26, 27, 27, 27, 26);
	__m128i lower = _mm_and_si128(chars, mask());

	return _mm_and_si128(_mm_shuffle_epi8(kinds, upper_bits(chars)),
	    _mm_shuffle_epi8(bad, lower));
}

static inline SSSE3 __m128i
six_bits(__m128i chars)
{
	const __m128i add = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0,
	    0, 0, 0, 0, 0, 0, 0);
	__m128i slash = _mm_cmpeq_epi8(chars, mask());
	__m128i row = _mm_add_epi8(upper_bits(chars), slash);

	return _mm_add_epi8(chars, _mm_shuffle_epi8(add, row));
}

/* UNSAFE: the 16 bytes at "p" are there, and room for as many at "to".
 * Decodes them, to 12; returns what find_bad says. */
static inline SSSE3 __m128i
decode_vector(const char *p, char *to)
{
	const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13,
	    12, -1, -1, -1, -1);
	__m128i chars = load(p), bits;

	/* 12 bits of each two characters, then 24 of each four. */
	bits = _mm_maddubs_epi16(six_bits(chars), _mm_set1_epi32(0x01400140));
	bits = _mm_madd_epi16(bits, _mm_set1_epi32(0x00011000));
	store(to, _mm_shuffle_epi8(bits, order));
	return find_bad(chars);
}

/* A bit for each byte that is not 0. */
static inline SSSE3 unsigned
not_zero(__m128i bytes)
{
	__m128i zero = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());

	return (unsigned)_mm_movemask_epi8(zero) ^ 0xffff;
}

/* Decodes lines of 76 characters off the front of "in", up to the first that
 * is none. */
static inline SSSE3 char *
decode_lines(struct slice *in, char *to)
{
	const char *p = in->p, *end = p + in->n;
	size_t n, at;

	/* UNSAFE: the 78 bytes at "p" are there, and so is room for as many;
	 * what was written for a line that is none does not count. */
	while (end - p >= LINE + 2 && (n = base64_line_end(p + LINE)) > 0) {
		__m128i bad = _mm_setzero_si128();

		for (at = 0; at + CHARS < LINE; at += CHARS)
			bad = _mm_or_si128(bad, decode_vector(p + at,
			    to + at / 4 * 3));
		bad = _mm_or_si128(bad, decode_vector(p + LINE - CHARS,
		    to + BASE64_ROW - BYTES));
		if (not_zero(bad))
			break;
		p += LINE + n;
		to += BASE64_ROW;
	}
	*in = (struct slice){ p, (size_t)(end - p) };
	return to;
}

/* Decodes the groups at "p" that nothing else is before; how many characters
 * they have. */
static inline SSSE3 size_t
decode_some(const char *p, char *to)
{
	unsigned bad = not_zero(decode_vector(p, to)) | 1U << CHARS;

	return (size_t)__builtin_ctz(bad) & ~(size_t)3;
}

SSSE3 char *
base64_ssse3_decode(struct slice *in, char *to)
{
	size_t n;

	for (;;) {
		to = decode_lines(in, to);
		if (in->n < CHARS)
			break;
		/* UNSAFE: room for what is left of "in" is there. */
		n = decode_some(in->p, to);
		to += n / 4 * 3;
		while (n < in->n && (in->p[n] == '\n' || in->p[n] == '\r'))
			n++;
		if (n == 0)
			break;
		*in = slice_sub(*in, n, in->n);
	}
	return to;
}

/* Six bits in each byte, out of the three of each group: "from" says where
 * the second, first, third and second of those are. */
static inline SSSE3 __m128i
split(__m128i bytes, __m128i from)
{
	__m128i pairs = _mm_shuffle_epi8(bytes, from);
	__m128i even = _mm_and_si128(pairs, _mm_set1_epi32(0x0fc0fc00));
	__m128i odd = _mm_and_si128(pairs, _mm_set1_epi32(0x003f03f0));

	/* By these factors each goes right by 10 and 6, left by 4 and 8. */
	even = _mm_mulhi_epu16(even, _mm_set1_epi32(0x04000040));
	odd = _mm_mullo_epi16(odd, _mm_set1_epi32(0x01000010));
	return _mm_or_si128(even, odd);
}

/* The characters for bytes of 0 to 63: what to add stands in a table, at 0
 * for upper case, at 1 for lower case, from 2 on for the rest. */
static inline SSSE3 __m128i
characters(__m128i six)
{
	const __m128i add = _mm_setr_epi8('A', 'a' - 26, -4, -4, -4, -4,
	    -4, -4, -4, -4, -4, -4, '+' - 62, '/' - 63, 0, 0);
	__m128i place = _mm_subs_epu8(six, _mm_set1_epi8(51));
	__m128i lower = _mm_cmpgt_epi8(six, _mm_set1_epi8(25));

	place = _mm_sub_epi8(place, lower);
	return _mm_add_epi8(six, _mm_shuffle_epi8(add, place));
}

/* UNSAFE: reads the 57 bytes of a row, with the last 16 bytes for the last
 * 12, and writes 77. */
static inline SSSE3 void
encode_row(const char *p, char *to)
{
	const __m128i first = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7,
	    10, 9, 11, 10);
	const __m128i behind = _mm_add_epi8(first, _mm_set1_epi8(4));
	__m128i last = load(p + BASE64_ROW - CHARS);
	size_t at;

	for (at = 0; at + CHARS < LINE; at += CHARS)
		store(to + at, characters(split(load(p + at / 4 * 3), first)));
	store(to + LINE - CHARS, characters(split(last, behind)));
	to[LINE] = '\n';
}

SSSE3 char *
base64_ssse3_encode(struct slice *in, char *to)
{
	for (; in->n >= BASE64_ROW; *in = slice_sub(*in, BASE64_ROW, in->n)) {
		encode_row(in->p, to);
		to += LINE + 1;
	}
	return to;
}

#endif
