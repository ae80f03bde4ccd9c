/* SPDX-License-Identifier: ISC */
/* block_sse2: block.h with the 16-byte vectors that all of x86-64 has. */

#ifdef __x86_64__

#include <emmintrin.h>

#include "block.h"

enum {
	VECTOR = 16,
};

/* UNSAFE: the 64 bytes at "p" are there, and "at" is 0, 16, 32 or 48. */
static inline __m128i
load(const char *p, int at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)(p + at));
}

static inline __m128i
equal(__m128i bytes, int c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)c));
}

/* Bytes are signed here: those above 127 are below 0, in their order. */
static inline __m128i
below(__m128i bytes, int c)
{
	return _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)c));
}

/* Of the bytes above 127, as a signed comparison of all. */
static inline __m128i
from(__m128i bytes, int c)
{
	__m128i high = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(c - 1)));

	return _mm_and_si128(high, bytes);
}

static inline __m128i
either(__m128i one, __m128i other)
{
	return _mm_or_si128(one, other);
}

/* The set of the bytes with their highest bit set. */
static inline uint64_t
place(__m128i bytes, int at)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << at;
}

static void
scan(const char *p, struct block_scan *sets)
{
	struct block_scan s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m128i bytes = load(p, at), lf = equal(bytes, '\n');
		__m128i bad = _mm_andnot_si128(either(lf, equal(bytes, '\t')),
		    below(bytes, ' '));

		bad = either(bad, either(equal(bytes, '='),
		    equal(bytes, 0x7f)));
		s.eight_bit |= place(bytes, at);
		s.escapes |= place(bad, at);
		s.lf |= place(lf, at);
		s.cr |= place(equal(bytes, '\r'), at);
		s.nul |= place(equal(bytes, '\0'), at);
	}
	*sets = s;
}

static void
coded(const char *p, struct block_coded *sets)
{
	struct block_coded s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m128i bytes = load(p, at);

		s.eight_bit |= place(bytes, at);
		s.equals |= place(equal(bytes, '='), at);
		s.blanks |= place(either(equal(bytes, ' '),
		    equal(bytes, '\t')), at);
		s.ends |= place(either(equal(bytes, '\n'),
		    equal(bytes, '\r')), at);
	}
	*sets = s;
}

static void
utf8(const char *p, struct block_utf8 *sets)
{
	struct block_utf8 s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m128i bytes = load(p, at);

		if (place(bytes, 0) == 0)
			continue;
		s.eight_bit |= place(bytes, at);
		s.rest |= place(below(bytes, 0xc0), at);
		s.three |= place(from(bytes, 0xe0), at);
		s.four |= place(from(bytes, 0xf0), at);
		s.never |= place(either(from(bytes, 0xf5),
		    either(equal(bytes, 0xc0), equal(bytes, 0xc1))), at);
		s.narrow |= place(either(
		    either(equal(bytes, 0xe0), equal(bytes, 0xed)),
		    either(equal(bytes, 0xf0), equal(bytes, 0xf4))), at);
	}
	*sets = s;
}

static uint64_t
special(const char *p)
{
	uint64_t set = 0;

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m128i bytes = load(p, at);

		set |= place(either(below(bytes, ' '),
		    either(equal(bytes, '='), equal(bytes, 0x7f))), at);
	}
	return set;
}

const struct block_way block_sse2 = { "sse2", scan, coded, utf8, special };

#endif
