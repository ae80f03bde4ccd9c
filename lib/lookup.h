/* SPDX-License-Identifier: ISC */
/*
 * lookup: finds the place of some bytes in an array that somebody else has.
 *
 * It keeps numbers of elements under the hash of their bytes, with a key that
 * is another one in each process, so that nobody chooses names that are slow to
 * find.  A zeroed struct is empty.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "slice.h"

struct lookup {
	uint64_t *slots;
	size_t size, used; /* slots; those that are not empty */
};

/* The elements under a hash, one after the other. */
struct lookup_cursor {
	uint32_t tag;
	size_t at;
};

/* The hash of "s"; of lookup_casehash it is one for all that are
 * slice_caseeq. */
uint64_t lookup_hash(struct slice s);
uint64_t lookup_casehash(struct slice s);

/* Starts at the elements that may be the one with this hash; then one of them:
 * 1, or 0 where there is no other.  The caller compares the bytes. */
struct lookup_cursor lookup_start(const struct lookup *l, uint64_t hash);
int lookup_next(const struct lookup *l, struct lookup_cursor *c,
    uint32_t *element);

/* Adds an element, whether or not there is another with the same bytes; up to
 * UINT32_MAX - 2. */
void lookup_add(struct lookup *l, uint64_t hash, uint32_t element);

/* The elements from "from" on are "to[old - from]" from now on, or not there
 * any more where that is UINT32_MAX. */
void lookup_move(struct lookup *l, uint32_t from, const uint32_t *to);

/* Frees it; it is empty. */
void lookup_free(struct lookup *l);

#endif
