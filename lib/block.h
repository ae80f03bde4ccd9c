/* SPDX-License-Identifier: ISC */
/*
 * block: 64 bytes of text looked at at once.
 *
 * Each function reads the 64 bytes at "p", wherever that is, and answers with
 * sets of them: bit n of a set stands for the byte p[n].  What they are for is
 * told in enc.h, quoted.h and utf8.h.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK = 64 };

/* For a scan of content. */
struct block_scan {
	uint64_t eight_bit; /* above 127 */
	uint64_t escapes;   /* below ' ' but TAB and LF, "=", above '~' */
	uint64_t lf, cr, nul;
};

/* For a decoder of quoted-printable. */
struct block_coded {
	uint64_t eight_bit, equals, blanks, ends; /* blanks: SP TAB;
						     ends: CR LF */
};

/* For a check of UTF-8 (RFC 3629, 4). */
struct block_utf8 {
	uint64_t eight_bit;
	uint64_t rest;	  /* 80 to bf: not the first byte of a character */
	uint64_t three;	  /* from e0 on: the first of three bytes or more */
	uint64_t four;	  /* from f0 on */
	uint64_t never;	  /* c0, c1, and from f5 on */
	uint64_t narrow; /* e0, ed, f0, f4: not every byte may follow */
};

/* One way to do it; all give the same sets. */
struct block_way {
	const char *name;
	void (*scan)(const char *p, struct block_scan *sets);
	void (*coded)(const char *p, struct block_coded *sets);
	void (*utf8)(const char *p, struct block_utf8 *sets);
	uint64_t (*special)(const char *p); /* below ' ', "=", above '~' */
};

#ifdef __x86_64__
extern const struct block_way block_avx2, block_sse2;
#endif

/* The way that is taken: the best one of this processor. */
const struct block_way *block_way(void);

/* Takes the way called "name" from now on: "plain", "sse2", "avx2"; the best
 * one where it is NULL.  0; -1 where this processor does not have it. */
int block_use(const char *name);

/* The place of the first byte in a set that is not empty. */
static inline size_t
block_first(uint64_t set)
{
	return (size_t)__builtin_ctzll(set);
}

#endif
