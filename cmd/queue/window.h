/* SPDX-License-Identifier: ISC */
/*
 * window: the messages to be tried next, by their names alone: of any number
 * of them the first few, so that memory does not grow with the queue.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "spool.h"

enum {
	WINDOW_MOST = 20000, /* messages: 1 MiB */
};

enum window_order {
	WINDOW_BY_DUE, /* the earliest first */
	WINDOW_BY_ID,  /* the oldest first */
};

struct window {
	enum window_order order;
	struct spool_name *names;
	size_t n;
	size_t taken;	/* of them, by window_take */
	int sorted;
	int more;	/* some had no room */
};

/* Adds one.  Where there are too many, the last ones go. */
void window_add(struct window *w, const struct spool_name *name);

/* The next in order, valid until window_add; NULL where none is left.  What is
 * added after that comes behind what is there. */
const struct spool_name *window_take(struct window *w);

/* The last in order of those left, valid as that of window_take; NULL. */
const struct spool_name *window_last(struct window *w);

/* How many are left. */
size_t window_left(const struct window *w);

/* Empties it; window_free frees it, too. */
void window_clear(struct window *w);
void window_free(struct window *w);

/* Less than, equal to or greater than 0, as "a" comes before "b" or not. */
int window_compare(enum window_order order, const struct spool_name *a,
    const struct spool_name *b);

#endif
