/* SPDX-License-Identifier: ISC */
/* window: the messages to be tried next; see window.h. */

#include <stdlib.h>

#include "mem.h"
#include "window.h"

int
window_compare(enum window_order order, const struct spool_name *a,
    const struct spool_name *b)
{
	if (order == WINDOW_BY_DUE && a->due != b->due)
		return a->due < b->due ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int
by_due(const void *a, const void *b)
{
	return window_compare(WINDOW_BY_DUE, a, b);
}

static int
by_id(const void *a, const void *b)
{
	return window_compare(WINDOW_BY_ID, a, b);
}

/* Sorts, and lets go of what is over the most. */
static void
tidy(struct window *w)
{
	if (!w->sorted)
		qsort(w->names + w->taken, w->n - w->taken, sizeof(*w->names),
		    w->order == WINDOW_BY_DUE ? by_due : by_id);
	w->sorted = 1;
	if (w->n - w->taken > WINDOW_MOST) {
		w->n = w->taken + WINDOW_MOST;
		w->more = 1;
	}
}

/* Room is for twice as many, so that sorting is seldom. */
void
window_add(struct window *w, const struct spool_name *name)
{
	if (w->taken > 0) {
		memmove(w->names, w->names + w->taken,
		    (w->n - w->taken) * sizeof(*w->names));
		w->n -= w->taken;
		w->taken = 0;
	}
	if (w->n == (size_t)WINDOW_MOST * 2)
		tidy(w);
	w->names = mem_grow(w->names, w->n, sizeof(*w->names));
	w->names[w->n++] = *name;
	w->sorted = 0;
}

const struct spool_name *
window_take(struct window *w)
{
	if (w->taken == w->n)
		return NULL;
	tidy(w);
	return &w->names[w->taken++];
}

const struct spool_name *
window_last(struct window *w)
{
	if (w->taken == w->n)
		return NULL;
	tidy(w);
	return &w->names[w->n - 1];
}

size_t
window_left(const struct window *w)
{
	return w->n - w->taken;
}

void
window_clear(struct window *w)
{
	w->n = w->taken = 0;
	w->more = 0;
	w->sorted = 0;
}

void
window_free(struct window *w)
{
	free(w->names);
	w->names = NULL;
	window_clear(w);
}
