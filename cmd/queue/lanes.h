/* SPDX-License-Identifier: ISC */
/*
 * lanes: what waits for one next hop, in lanes that do not hold each other up:
 * of local mail each user has one, as the user's program may take long; what
 * goes to another host has one for all.
 */
#ifndef LANES_H
#define LANES_H

#include "slice.h"
#include "tasks.h"

struct lane {
	struct lane *next;	     /* of its place in the table */
	struct lane *before, *after; /* of those in which something waits */
	struct part *first, **last;  /* in the order in which they came */
	size_t waiting;		     /* parts */
	unsigned running;	     /* transports that serve it */
	uint64_t moved; /* ticks_now: of the last result; 0: none so far */
	uint64_t later; /* when its first may be tried once more */
	size_t way;	/* see loading.c; else 0 */
	char user[];
};

struct lanes { /* zeroed */
	struct lane **place;
	size_t places, n;
	struct lane *first, *end; /* in which something waits */
};

/* The lane of that user; it is made where it is not there. */
struct lane *lanes_find(struct lanes *l, struct slice user);

/* Puts a part behind those that wait; takes the first, NULL where none is. */
void lanes_put(struct lanes *l, struct lane *lane, struct part *part);
struct part *lanes_take(struct lanes *l, struct lane *lane);

/*
 * The lane that another transport may serve "now": the first that none does,
 * else the first that fewer than "most" do and that moved at "since" or later.
 * NULL: there is none.
 */
struct lane *lanes_next(const struct lanes *l, unsigned most, uint64_t since,
    uint64_t now);

/* A transport serves it from now on, and all others come before it. */
void lanes_enter(struct lanes *l, struct lane *lane);

/* And not any more. */
void lanes_leave(struct lanes *l, struct lane *lane);

/* Frees it where nothing waits in it and nothing serves it. */
void lanes_let_go(struct lanes *l, struct lane *lane);

/* Frees all, and the parts. */
void lanes_free(struct lanes *l);

#endif
