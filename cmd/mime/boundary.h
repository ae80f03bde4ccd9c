/* SPDX-License-Identifier: ISC */
/*
 * boundary: delimiters of multiparts (RFC 2046, 5.1.1).
 *
 * A boundary comes from a hash of what is packed, so that the same input gives
 * the same bytes.  It begins with "=_", which is in no base64 and in no
 * quoted-printable text; whatever is sent unencoded is searched for it, and
 * on a hit the next number is tried.
 */
#ifndef BOUNDARY_H
#define BOUNDARY_H

#include <stdint.h>

#include "slice.h"

/*
 * A hash of bytes that come in pieces of any size; a zeroed struct is its
 * start.  It spreads well but keeps no secret: who knows all of the input can
 * foresee the result, and that is why the content is searched.
 */
struct boundary_hash {
	uint64_t state[4]; /* of each fourth word: they wait for each other
			      less */
	uint64_t size;	   /* bytes so far */
	uint64_t word;	   /* those that do not fill a word yet */
};

void boundary_mix(struct boundary_hash *h, struct slice bytes);

/* The number as eight bytes. */
void boundary_mix_number(struct boundary_hash *h, uint64_t n);

/* The hash of everything so far; "h" may go on. */
uint64_t boundary_sum(const struct boundary_hash *h);

enum {
	BOUNDARY_TEXT = 19, /* room for a boundary with its NUL */
};

#define BOUNDARY_START "=_" /* of every boundary */

/* Writes the boundary with that number and returns "out".  For one hash,
 * different numbers give different boundaries of the same length. */
char *boundary_text(char out[BOUNDARY_TEXT], uint64_t hash, uint64_t number);

/* A search for lines that begin with "--" and "text". */
struct boundary_search {
	struct slice text; /* borrowed */
	size_t matched;	   /* bytes of "--" and text at the line's start */
	int skip;	   /* the rest of this line is of no interest */
	int found;
};

struct boundary_search boundary_search(struct slice text);

/* The next piece; s->found says whether such a line was seen so far. */
void boundary_seek(struct boundary_search *s, struct slice bytes);

/* The next bytes begin another content: at the start of a line. */
void boundary_restart(struct boundary_search *s);

#endif
