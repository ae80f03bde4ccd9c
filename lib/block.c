/* SPDX-License-Identifier: ISC */
/* block: 64 bytes of text looked at at once; see block.h.  Here is the plain
 * way, by words of eight bytes, and the choice between the ways. */

#include <endian.h>
#include <string.h>

#include "block.h"
#include "processor.h"

static const uint64_t ONES = UINT64_C(0x0101010101010101);
static const uint64_t HIGH = UINT64_C(0x8080808080808080);

/*
 * Each of these sets the highest bit of those bytes of "word" that it names,
 * and may set any other: in a byte without its highest bit nothing is carried
 * into the next one.
 */
static uint64_t
at_least(uint64_t word, unsigned least)
{
	uint64_t low = word & ~HIGH;

	if (least > 0x80)
		return (low + ONES * (0x100 - least)) & word;
	return (low + ONES * (0x80 - least)) | word;
}

static uint64_t
equal(uint64_t word, unsigned c)
{
	return ~at_least(word ^ ONES * c, 1);
}

/* The set of the bytes with their highest bit set, of a word that is number
 * "i" in the block. */
static uint64_t
place(uint64_t word, int i)
{
	/* Each of the eight bits comes to its place in the highest byte. */
	word = (word & HIGH) >> 7;
	return (word * UINT64_C(0x0102040810204080)) >> 56 << (8 * i);
}

static uint64_t
load(const char *p, int i)
{
	uint64_t word;

	/* UNSAFE: "i" is below 8, and 64 bytes are at "p". */
	memcpy(&word, p + 8 * i, sizeof(word));
	return le64toh(word);
}

static void
plain_scan(const char *p, struct block_scan *sets)
{
	*sets = (struct block_scan){ 0 };
	for (int i = 0; i < 8; i++) {
		uint64_t word = load(p, i), lf = equal(word, '\n');
		uint64_t low = ~at_least(word, ' ') & ~lf & ~equal(word, '\t');

		sets->eight_bit |= place(word, i);
		sets->escapes |= place(low | equal(word, '=') |
		    at_least(word, 0x7f), i);
		sets->lf |= place(lf, i);
		sets->cr |= place(equal(word, '\r'), i);
		sets->nul |= place(equal(word, '\0'), i);
	}
}

static void
plain_coded(const char *p, struct block_coded *sets)
{
	*sets = (struct block_coded){ 0 };
	for (int i = 0; i < 8; i++) {
		uint64_t word = load(p, i);

		sets->eight_bit |= place(word, i);
		sets->equals |= place(equal(word, '='), i);
		sets->blanks |= place(equal(word, ' ') | equal(word, '\t'), i);
		sets->ends |= place(equal(word, '\n') | equal(word, '\r'), i);
	}
}

static void
plain_utf8(const char *p, struct block_utf8 *sets)
{
	*sets = (struct block_utf8){ 0 };
	for (int i = 0; i < 8; i++) {
		uint64_t word = load(p, i);

		if ((word & HIGH) == 0)
			continue;
		sets->eight_bit |= place(word, i);
		sets->rest |= place(word & ~at_least(word, 0xc0), i);
		sets->three |= place(at_least(word, 0xe0), i);
		sets->four |= place(at_least(word, 0xf0), i);
		sets->never |= place(equal(word & ~ONES, 0xc0) |
		    at_least(word, 0xf5), i);
		sets->narrow |= place(equal(word, 0xe0) | equal(word, 0xed) |
		    equal(word, 0xf0) | equal(word, 0xf4), i);
	}
}

static uint64_t
plain_special(const char *p)
{
	uint64_t set = 0;

	for (int i = 0; i < 8; i++) {
		uint64_t word = load(p, i);

		set |= place(~at_least(word, ' ') | equal(word, '=') |
		    at_least(word, 0x7f), i);
	}
	return set;
}

static const struct block_way plain = { "plain", plain_scan, plain_coded,
	plain_utf8, plain_special };

/* The best comes first. */
static const struct block_way *const ways[] = {
#ifdef __x86_64__
	&block_avx2,
	&block_sse2,
#endif
	&plain,
}, *way;

/* Whether this processor (and the system, for its registers) has it; SSE2 is
 * in all of x86-64. */
static int
is_here(const struct block_way *w)
{
#ifdef __x86_64__
	if (w == &block_avx2)
		return PROCESSOR_HAS(AVX2);
#endif
	return w != NULL;
}

int
block_use(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (name != NULL && strcmp(name, ways[i]->name) != 0)
			continue;
		if (is_here(ways[i])) {
			way = ways[i];
			return 0;
		}
	}
	return -1;
}

const struct block_way *
block_way(void)
{
	if (way == NULL)
		(void)block_use(NULL);
	return way;
}
