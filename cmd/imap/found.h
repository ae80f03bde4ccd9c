/* SPDX-License-Identifier: ISC */
/* found: writes the uids that were found: one a line, as sets of up to a line
 * of IMAP, or how many. */
#ifndef FOUND_H
#define FOUND_H

#include <stdint.h>

#include "buf.h"
#include "output.h"
#include "uidset.h"

struct found { /* zeroed but for "out", "row", and what is wanted */
	int count;	    /* how many, in the end */
	int sets;	    /* not one a line */
	uint64_t n;	    /* counted by the caller */
	struct output *out; /* the caller's */
	struct uidset_range held; /* of sets, not in "row" yet; 0: none */
	struct buf row;	    /* BUF(LIMIT_IMAP_LINE); the caller frees it */
};

/* Writes a range, or holds it for the next that may go on with it. */
void found_put(struct found *w, struct uidset_range range);

/* Writes what is held; and "n", where that is wanted and all were found. */
void found_end(struct found *w, int all);

#endif
