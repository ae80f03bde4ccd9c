/* SPDX-License-Identifier: ISC */
/* hops: the next hops that something waits for; see hops.h. */

#include <stdlib.h>

#include "child.h"
#include "hops.h"
#include "mem.h"
#include "ticks.h"

enum {
	PLACES = 64,
	KNOWN = 10000, /* those with a verdict alone that are kept */
};

/* The kind tells a name of an account from others. */
static size_t
hash(enum nexthop_kind kind, struct slice target)
{
	return (size_t)slice_hash(target) + kind;
}

static struct hop **
place_of(const struct hops *h, const struct hop *hop)
{
	return &h->place[hash(hop->kind, slice_str(hop->target)) % h->places];
}

static void
grow(struct hops *h)
{
	struct hops old = *h;
	struct hop *hop, *next, **at;
	size_t i;

	h->places = old.places == 0 ? PLACES : old.places * 2;
	h->place = mem_alloc(h->places * sizeof(struct hop *));
	for (i = 0; i < old.places; i++)
		for (hop = old.place[i]; hop != NULL; hop = next) {
			next = hop->next;
			at = place_of(h, hop);
			hop->next = *at;
			*at = hop;
		}
	free(old.place);
}

struct hop *
hops_find(struct hops *h, const struct nexthop *n)
{
	struct hop **at, *hop;

	if (h->n == h->places)
		grow(h);
	at = &h->place[hash(n->kind, n->target) % h->places];
	for (hop = *at; hop != NULL; hop = hop->next)
		if (hop->kind == n->kind &&
		    slice_eq(slice_str(hop->target), n->target))
			return hop;
	hop = mem_alloc(sizeof(*hop));
	hop->kind = n->kind;
	hop->target = mem_str(n->target);
	hop->next = *at;
	*at = hop;
	h->n++;
	return hop;
}

static void
link_end(struct hops *h, struct hop *hop)
{
	hop->before = h->end;
	hop->after = NULL;
	*(h->end == NULL ? &h->first : &h->end->after) = hop;
	h->end = hop;
}

static void
unlink_from(struct hops *h, struct hop *hop)
{
	*(hop->before == NULL ? &h->first : &hop->before->after) = hop->after;
	*(hop->after == NULL ? &h->end : &hop->after->before) = hop->before;
	hop->before = hop->after = NULL;
}

void
hops_put(struct hops *h, struct hop *hop, struct lane *lane, struct part *part)
{
	if (hop->waiting++ == 0)
		link_end(h, hop);
	h->waiting++;
	lanes_put(&hop->lanes, lane, part);
}

struct part *
hops_take(struct hops *h, struct hop *hop, struct lane *lane)
{
	struct part *part = lanes_take(&hop->lanes, lane);

	if (part == NULL)
		return NULL;
	lanes_let_go(&hop->lanes, lane);
	h->waiting--;
	if (--hop->waiting == 0)
		unlink_from(h, hop);
	return part;
}

struct part *
hops_take_any(struct hops *h, struct hop *hop)
{
	return hop->waiting == 0 ? NULL : hops_take(h, hop, hop->lanes.first);
}

void
hops_defer(struct hops *h, struct hop *hop)
{
	if (hop->waiting == 0)
		return;
	unlink_from(h, hop);
	link_end(h, hop);
}

void
hops_prefer(struct hops *h, struct hop *hop)
{
	if (hop->waiting == 0 || h->first == hop)
		return;
	unlink_from(h, hop);
	hop->after = h->first;
	h->first->before = hop;
	h->first = hop;
}

void
hops_judge(struct hop *hop, struct slice line)
{
	free(hop->verdict);
	hop->verdict = mem_str(line);
	hop->until = ticks_now() + HOPS_AGAIN;
}

const char *
hops_verdict(struct hop *hop)
{
	if (hop->verdict != NULL && ticks_now() >= hop->until) {
		free(hop->verdict);
		hop->verdict = NULL;
	}
	return hop->verdict;
}

static void
end(struct hops *h, struct hop *hop)
{
	struct hop **at = place_of(h, hop);

	while (*at != hop)
		at = &(*at)->next;
	*at = hop->next;
	h->n--;
	lanes_free(&hop->lanes);
	free(hop->verdict);
	free(hop->target);
	free(hop);
}

void
hops_let_go(struct hops *h, struct hop *hop)
{
	if (hop->waiting == 0 && hop->running == 0 &&
	    (hops_verdict(hop) == NULL || h->n > KNOWN))
		end(h, hop);
}

void
hops_free(struct hops *h)
{
	size_t i;

	for (i = 0; i < h->places; i++)
		while (h->place[i] != NULL)
			end(h, h->place[i]);
	free(h->place);
	memset(h, 0, sizeof(*h));
}
