/* SPDX-License-Identifier: ISC */
/* ahead: the messages of a list, through a ring that reads them (ring.h); see
 * ahead.h. */

#include <stdlib.h>

#include "ahead.h"
#include "mem.h"
#include "ring.h"

struct ahead {
	struct paths *list;
	struct fail fail; /* of the list */
	int ended;	  /* it has no more */
	int given;	  /* the first in the ring is in the user's hands */
	struct ring *ring;
};

struct ahead *
ahead_start(struct paths *list)
{
	struct ahead *a = mem_alloc(sizeof(*a));

	a->list = list;
	a->ring = ring_start();
	return a;
}

void
ahead_ask(struct ahead *a, size_t n)
{
	ring_ask(a->ring, n);
}

/* Takes one path off the list, for which it waits where "wait" is set, and
 * what else is there. */
static void
fill(struct ahead *a, int wait)
{
	struct slice path;

	while (!a->ended && ring_waiting(a->ring) < RING_SLOTS &&
	    (wait || paths_ready(a->list))) {
		if (paths_take(a->list, &path, &a->fail))
			ring_put(a->ring, path);
		else
			a->ended = 1;
		wait = 0;
	}
	ring_offer(a->ring);
}

int
ahead_ready(struct ahead *a)
{
	if (ring_waiting(a->ring) <= RING_SLOTS - RING_MANY)
		fill(a, 0);
	return a->ended || ring_waiting(a->ring) > (size_t)a->given;
}

const struct ahead_message *
ahead_next(struct ahead *a, struct fail *f)
{
	const struct ahead_message *m;

	if (a->given)
		ring_pass(a->ring);
	a->given = 0;
	if (!ahead_ready(a)) {
		ring_forget(a->ring);
		fill(a, 1);
	}
	if (ring_waiting(a->ring) == 0) {
		if (a->fail.class != 0)
			*f = a->fail;
		return NULL;
	}
	m = ring_first(a->ring);
	if (m->got == AHEAD_NOTHING)
		ring_forget(a->ring);
	a->given = 1;
	return m;
}

void
ahead_free(struct ahead **a)
{
	ring_free(&(*a)->ring);
	free(*a);
	*a = NULL;
}
