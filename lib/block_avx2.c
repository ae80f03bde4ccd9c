/* SPDX-License-Identifier: ISC */
/* block_avx2: block.h with 32-byte vectors; see block_sse2.c. */

#ifdef __x86_64__

#include <immintrin.h>

#include "block.h"

#define AVX2 __attribute__((target("avx2")))

enum {
	VECTOR = 32,
};

/* UNSAFE: the 64 bytes at "p" are there, and "at" is 0 or 32. */
static inline AVX2 __m256i
load(const char *p, int at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)(p + at));
}

static inline AVX2 __m256i
equal(__m256i bytes, int c)
{
	return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)c));
}

/* Bytes are signed here: those above 127 are below 0, in their order. */
static inline AVX2 __m256i
below(__m256i bytes, int c)
{
	return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)c), bytes);
}

/* Of the bytes above 127, as a signed comparison of all. */
static inline AVX2 __m256i
from(__m256i bytes, int c)
{
	__m256i high = _mm256_cmpgt_epi8(bytes,
	    _mm256_set1_epi8((char)(c - 1)));

	return _mm256_and_si256(high, bytes);
}

static inline AVX2 __m256i
either(__m256i one, __m256i other)
{
	return _mm256_or_si256(one, other);
}

/* The set of the bytes with their highest bit set. */
static inline AVX2 uint64_t
place(__m256i bytes, int at)
{
	return (uint64_t)(unsigned)_mm256_movemask_epi8(bytes) << at;
}

static AVX2 void
scan(const char *p, struct block_scan *sets)
{
	struct block_scan s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m256i bytes = load(p, at), lf = equal(bytes, '\n');
		__m256i bad = _mm256_andnot_si256(
		    either(lf, equal(bytes, '\t')), below(bytes, ' '));

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

static AVX2 void
coded(const char *p, struct block_coded *sets)
{
	struct block_coded s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m256i bytes = load(p, at);

		s.eight_bit |= place(bytes, at);
		s.equals |= place(equal(bytes, '='), at);
		s.blanks |= place(either(equal(bytes, ' '),
		    equal(bytes, '\t')), at);
		s.ends |= place(either(equal(bytes, '\n'),
		    equal(bytes, '\r')), at);
	}
	*sets = s;
}

static AVX2 void
utf8(const char *p, struct block_utf8 *sets)
{
	struct block_utf8 s = { 0 };

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m256i bytes = load(p, at);

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

static AVX2 uint64_t
special(const char *p)
{
	uint64_t set = 0;

	for (int at = 0; at < BLOCK; at += VECTOR) {
		__m256i bytes = load(p, at);

		set |= place(either(below(bytes, ' '),
		    either(equal(bytes, '='), equal(bytes, 0x7f))), at);
	}
	return set;
}

const struct block_way block_avx2 = { "avx2", scan, coded, utf8, special };

#endif
