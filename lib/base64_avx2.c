/* SPDX-License-Identifier: ISC */
/*
 * base64_avx2: the bulk of base64 with the 32-byte vectors of x86-64; see
 * base64.h.  A line of 76 characters is three vectors, the last of which
 * overlaps the one before it.  After W. Mula and D. Lemire, "Faster Base64
 * Encoding and Decoding using AVX2 Instructions" (arXiv 1704.00605).
 */

#ifdef __x86_64__

#include <immintrin.h>

#include "base64.h"

#define AVX2 __attribute__((target("avx2")))

enum {
	CHARS = 32, /* in a vector, */
	BYTES = 24, /* and what they stand for */
	LINE = BASE64_LINE,
};

static inline AVX2 __m256i
load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline AVX2 void
store(char *to, __m256i v)
{
	_mm256_storeu_si256((__m256i *)(void *)to, v);
}

/* Both halves the same. */
static inline AVX2 __m256i
twice(__m128i half)
{
	return _mm256_broadcastsi128_si256(half);
}

/* What a byte's lower four bits, as _mm256_shuffle_epi8 counts them, must come
 * from: bit 5 does not count, but makes this a "/" too. */
static inline AVX2 __m256i
mask(void)
{
	return _mm256_set1_epi8('/');
}

static inline AVX2 __m256i
upper_bits(__m256i chars)
{
	return _mm256_and_si256(_mm256_srli_epi16(chars, 4), mask());
}

/*
 * Not 0 for each byte that is not of the alphabet.  By its upper four bits it
 * is of one of five kinds; for its lower four, the second table has the kinds
 * in which they are bad.
 *
 *	upper	bit	good lower bits
 *	2	1	b (+), f (/)
 *	3	2	0 to 9
 *	4, 6	4	1 to f
 *	5, 7	8	0 to a
 *	others	16	none
 */
static inline AVX2 __m256i
find_bad(__m256i chars)
{
	const __m256i kinds = twice(_mm_setr_epi8(16, 16, 1, 2, 4, 8, 4, 8, 16,
	    16, 16, 16, 16, 16, 16, 16));
	const __m256i bad = twice(_mm_setr_epi8(21, 17, 17, 17, 17, 17, 17, 17,
	    17, 17, 19, 26, 27, 27, 27, 26));
	__m256i lower = _mm256_and_si256(chars, mask());

	return _mm256_and_si256(_mm256_shuffle_epi8(kinds, upper_bits(chars)),
	    _mm256_shuffle_epi8(bad, lower));
}

/* The six bits of each character, by what its upper four say is to be added;
 * "/" is taken for one whose upper bits are 1. */
static inline AVX2 __m256i
six_bits(__m256i chars)
{
	const __m256i add = twice(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71,
	    -71, 0, 0, 0, 0, 0, 0, 0, 0));
	__m256i slash = _mm256_cmpeq_epi8(chars, mask());
	__m256i row = _mm256_add_epi8(upper_bits(chars), slash);

	return _mm256_add_epi8(chars, _mm256_shuffle_epi8(add, row));
}

/* UNSAFE: the 32 bytes at "p" are there, and room for as many at "to".
 * Decodes them, to 24; returns what find_bad says. */
static inline AVX2 __m256i
decode_vector(const char *p, char *to)
{
	const __m256i order = twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8,
	    14, 13, 12, -1, -1, -1, -1));
	const __m256i together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
	__m256i chars = load(p), bits;

	/* 12 bits of each two characters, then 24 of each four. */
	bits = _mm256_maddubs_epi16(six_bits(chars),
	    _mm256_set1_epi32(0x01400140));
	bits = _mm256_madd_epi16(bits, _mm256_set1_epi32(0x00011000));
	bits = _mm256_shuffle_epi8(bits, order);
	store(to, _mm256_permutevar8x32_epi32(bits, together));
	return find_bad(chars);
}

/* Decodes lines of 76 characters off the front of "in", up to the first that
 * is none. */
static inline AVX2 char *
decode_lines(struct slice *in, char *to)
{
	const char *p = in->p, *end = p + in->n;
	size_t n;

	/* UNSAFE: the 78 bytes at "p" are there, and so is room for as many;
	 * what was written for a line that is none does not count. */
	while (end - p >= LINE + 2 && (n = base64_line_end(p + LINE)) > 0) {
		/* In this order: each but the last spoils the next's place. */
		__m256i one = decode_vector(p, to);
		__m256i two = decode_vector(p + CHARS, to + BYTES);
		__m256i three = decode_vector(p + LINE - CHARS,
		    to + BASE64_ROW - BYTES);
		__m256i bad = _mm256_or_si256(_mm256_or_si256(one, two), three);

		if (!_mm256_testz_si256(bad, bad))
			break;
		p += LINE + n;
		to += BASE64_ROW;
	}
	*in = (struct slice){ p, (size_t)(end - p) };
	return to;
}

/* Decodes the groups at "p" that nothing else is before; how many characters
 * they have. */
static inline AVX2 size_t
decode_some(const char *p, char *to)
{
	__m256i good = _mm256_cmpeq_epi8(decode_vector(p, to),
	    _mm256_setzero_si256());
	uint64_t bad = ~(uint64_t)(unsigned)_mm256_movemask_epi8(good);

	return (size_t)__builtin_ctzll(bad) & ~(size_t)3;
}

AVX2 char *
base64_avx2_decode(struct slice *in, char *to)
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
 * the second, first, third and second of those are in each half. */
static inline AVX2 __m256i
split(__m256i bytes, __m128i from)
{
	__m256i pairs = _mm256_shuffle_epi8(bytes, twice(from));
	__m256i even = _mm256_and_si256(pairs, _mm256_set1_epi32(0x0fc0fc00));
	__m256i odd = _mm256_and_si256(pairs, _mm256_set1_epi32(0x003f03f0));

	/* By these factors each goes right by 10 and 6, left by 4 and 8. */
	even = _mm256_mulhi_epu16(even, _mm256_set1_epi32(0x04000040));
	odd = _mm256_mullo_epi16(odd, _mm256_set1_epi32(0x01000010));
	return _mm256_or_si256(even, odd);
}

/* The characters for bytes of 0 to 63: what to add stands in a table, at 0
 * for upper case, at 1 for lower case, from 2 on for the rest. */
static inline AVX2 __m256i
characters(__m256i six)
{
	const __m256i add = twice(_mm_setr_epi8('A', 'a' - 26, -4, -4, -4, -4,
	    -4, -4, -4, -4, -4, -4, '+' - 62, '/' - 63, 0, 0));
	__m256i place = _mm256_subs_epu8(six, _mm256_set1_epi8(51));
	__m256i lower = _mm256_cmpgt_epi8(six, _mm256_set1_epi8(25));

	place = _mm256_sub_epi8(place, lower);
	return _mm256_add_epi8(six, _mm256_shuffle_epi8(add, place));
}

static inline AVX2 __m256i
load_halves(const char *low, const char *high)
{
	return _mm256_set_m128i(
	    _mm_loadu_si128((const __m128i *)(const void *)high),
	    _mm_loadu_si128((const __m128i *)(const void *)low));
}

/* UNSAFE: reads the 57 bytes of a row, with the last 16 bytes of a half that
 * holds 12, and writes 77. */
static inline AVX2 void
encode_row(const char *p, char *to)
{
	const __m128i first = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7,
	    10, 9, 11, 10);
	const __m128i behind = _mm_add_epi8(first, _mm_set1_epi8(4));
	__m256i one = load_halves(p, p + 12);
	__m256i two = load_halves(p + 24, p + 36);
	__m256i three = load_halves(p + 29, p + 41);

	store(to, characters(split(one, first)));
	store(to + CHARS, characters(split(two, first)));
	store(to + LINE - CHARS, characters(split(three, behind)));
	to[LINE] = '\n';
}

AVX2 char *
base64_avx2_encode(struct slice *in, char *to)
{
	for (; in->n >= BASE64_ROW; *in = slice_sub(*in, BASE64_ROW, in->n)) {
		encode_row(in->p, to);
		to += LINE + 1;
	}
	return to;
}

#endif
