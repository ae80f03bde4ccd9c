/* SPDX-License-Identifier: ISC */
/* knowns: messages by their keys, which servers choose: no choice of theirs
 * makes it slow. */
#ifndef KNOWNS_H
#define KNOWNS_H

#include <stdint.h>

#include "fail.h"
#include "mem.h"

struct known { /* stays where it is */
	struct slice key;
	struct slice mark; /* of mark.h; empty: not known */
	int64_t when; /* it was fetched */
	int64_t gone; /* it was not on the server any more; 0: it was */
	int fetched;
	int listed;
	struct known *next;
};

struct knowns { /* zeroed */
	struct known **slot;
	size_t slots; /* a power of 2 */
	size_t n;
	struct known *first, *last;
	struct arena arena;
	uint64_t secret[2];
};

/* 0, or -1 with EX_TEMPFAIL.  knowns_free in any case. */
int knowns_start(struct knowns *k, struct fail *f);

/* NULL: there is none. */
struct known *knowns_find(const struct knowns *k, struct slice key);

/* The same, and makes one where there is none. */
struct known *knowns_add(struct knowns *k, struct slice key);

/* All of them, in the order in which they were added. */
struct known *knowns_first(const struct knowns *k);
struct known *knowns_next(const struct known *one);

void knowns_free(struct knowns *k);

#endif
