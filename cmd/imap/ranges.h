/* SPDX-License-Identifier: ISC */
/* ranges: a set of uids, as ranges in order with gaps between them. */
#ifndef RANGES_H
#define RANGES_H

#include "buf.h"
#include "uidset.h"

struct ranges { /* zeroed; to be read are "one", in order, and "n" */
	struct uidset_range *one;
	size_t n, room;
	size_t front; /* of the room, what is free before "one" */
};

/* Adds all from "first" to "last", which is fast where they ascend, and where
 * they descend. */
void ranges_add(struct ranges *r, uint32_t first, uint32_t last);

int ranges_has(const struct ranges *r, uint32_t uid);

/* Adds to "rest" what of "first" to "last" is not in "r". */
void ranges_rest(const struct ranges *r, uint32_t first, uint32_t last,
    struct ranges *rest);

/* Adds to "both" what of it is. */
void ranges_both(const struct ranges *r, uint32_t first, uint32_t last,
    struct ranges *both);

/* Adds the text of a set to "out", from range number *at on, and moves that, up
 * to "most" bytes of "out": 1; 0 where there are no more. */
int ranges_text(const struct ranges *r, size_t *at, size_t most,
    struct buf *out);

/* It is empty, and keeps its memory; and without. */
void ranges_clear(struct ranges *r);
void ranges_free(struct ranges *r);

#endif
