/* SPDX-License-Identifier: ISC */
/*
 * ring: messages on their way through a few slots: each is opened and read
 * there by whoever has time, the user of the ring or threads, and comes out
 * when it is its turn, in the order in which they were put in.  ahead.h has
 * what is promised of each.
 */
#ifndef RING_H
#define RING_H

#include "ahead.h"

enum {
	RING_SLOTS = 64,
	RING_MANY = RING_SLOTS / 2, /* waiting paths that are worth threads */
};

struct ring;

/* End it by ring_free, which may be at any time. */
struct ring *ring_start(void);

/* As ahead_ask. */
void ring_ask(struct ring *ring, size_t n);

/* Puts in a message, which is copied, where fewer than RING_SLOTS are.  It is
 * read after ring_offer, which is for any number of them, and for none. */
void ring_put(struct ring *ring, struct slice path);
void ring_offer(struct ring *ring);

/* How many are in it. */
size_t ring_waiting(const struct ring *ring);

/* The first of them, which is offered; it is waited for.  Valid until its turn
 * is over by ring_pass, and its slot free. */
const struct ahead_message *ring_first(struct ring *ring);
void ring_pass(struct ring *ring);

/* The user is about to wait, or to open something: it has no directory open
 * any more, and finds the descriptors that it would have without a ring. */
void ring_forget(struct ring *ring);

void ring_free(struct ring **ring);

#endif
