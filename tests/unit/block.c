/* SPDX-License-Identifier: ISC */
/* Tests of block: all ways that this processor has give the sets that the
 * header tells of. */

#include "block.h"
#include "unit.h"

static const char *const ways[] = { "plain", "sse2", "avx2" };

/* What the sets of a byte are, in the order of the structs. */
static unsigned
want_scan(int c)
{
	return (unsigned)(c > 127) |
	    (unsigned)((c < ' ' && c != '\t' && c != '\n') || c == '=' ||
		c > '~') << 1 |
	    (unsigned)(c == '\n') << 2 | (unsigned)(c == '\r') << 3 |
	    (unsigned)(c == '\0') << 4;
}

static unsigned
want_coded(int c)
{
	return (unsigned)(c > 127) | (unsigned)(c == '=') << 1 |
	    (unsigned)(c == ' ' || c == '\t') << 2 |
	    (unsigned)(c == '\r' || c == '\n') << 3;
}

static unsigned
want_utf8(int c)
{
	return (unsigned)(c > 127) | (unsigned)(c > 127 && c < 0xc0) << 1 |
	    (unsigned)(c >= 0xe0) << 2 | (unsigned)(c >= 0xf0) << 3 |
	    (unsigned)(c == 0xc0 || c == 0xc1 || c >= 0xf5) << 4 |
	    (unsigned)(c == 0xe0 || c == 0xed || c == 0xf0 || c == 0xf4) << 5;
}

static unsigned
want_special(int c)
{
	return c < ' ' || c == '=' || c > '~';
}

/* The bits of the byte at "at" in all "n" sets. */
static unsigned
got(const uint64_t *sets, size_t n, size_t at)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= (unsigned)(sets[i] >> at & 1) << i;
	return bits;
}

static void
check_block(const char *p)
{
	struct block_scan scan;
	struct block_coded coded;
	struct block_utf8 utf8;
	uint64_t special = block_way()->special(p);
	int wrong = 0;

	block_way()->scan(p, &scan);
	block_way()->coded(p, &coded);
	block_way()->utf8(p, &utf8);
	for (size_t i = 0; i < BLOCK; i++) {
		int c = (unsigned char)p[i];
		uint64_t s[] = { scan.eight_bit, scan.escapes, scan.lf, scan.cr,
			scan.nul };
		uint64_t q[] = { coded.eight_bit, coded.equals, coded.blanks,
			coded.ends };
		uint64_t u[] = { utf8.eight_bit, utf8.rest, utf8.three,
			utf8.four, utf8.never, utf8.narrow };

		wrong += got(s, 5, i) != want_scan(c);
		wrong += got(q, 4, i) != want_coded(c);
		wrong += got(u, 6, i) != want_utf8(c);
		wrong += got(&special, 1, i) != want_special(c);
	}
	CHECK_INT(wrong, 0);
}

/* Each byte at each place, its neighbours another one of each kind. */
static void
each_byte(void)
{
	static const char fill[] = { 'a', '\0', '\xff', '\x80', ' ', '=' };
	char *text = malloc(BLOCK);

	for (size_t f = 0; f < sizeof(fill); f++)
		for (unsigned c = 0; c < 256; c++)
			for (size_t at = 0; at < BLOCK; at++) {
				memset(text, fill[f], BLOCK);
				text[at] = (char)c;
				check_block(text);
			}
	free(text);
}

/* Bytes of all kinds side by side, ending where the memory does. */
static void
each_alignment(void)
{
	for (size_t align = 0; align < BLOCK; align++) {
		char *text = malloc(align + BLOCK);
		unsigned x = (unsigned)align;

		for (int round = 0; round < 100; round++) {
			for (size_t i = 0; i < BLOCK; i++) {
				x = x * 1103515245 + 12345;
				text[align + i] = (char)(x >> 16);
			}
			check_block(text + align);
		}
		free(text);
	}
}

static void
by_each_way(void)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int here = block_use(ways[i]) == 0;

		printf("# %s: %s\n", ways[i],
		    here ? "tested" : "not on this processor");
		if (!here)
			continue;
		CASE(ways[i]);
		CHECK_STR(block_way()->name, ways[i]);
		each_byte();
		each_alignment();
	}
	CHECK_INT(block_use("no such way"), -1);
	CHECK_INT(block_use(NULL), 0);
}

int
main(void)
{
	RUN(by_each_way);
	return unit_done();
}
