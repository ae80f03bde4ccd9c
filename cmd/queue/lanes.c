/* SPDX-License-Identifier: ISC */
/* lanes: what waits for one next hop, user by user; see lanes.h. */

#include <stdlib.h>

#include "lanes.h"
#include "mem.h"

static struct lane **
place_of(const struct lanes *l, struct slice user)
{
	return &l->place[slice_hash(user) % l->places];
}

/* Most have one lane. */
static void
grow(struct lanes *l)
{
	struct lanes old = *l;
	struct lane *lane, **at;
	size_t i;

	l->places = old.places == 0 ? 1 : old.places * 2;
	l->place = mem_alloc(l->places * sizeof(struct lane *));
	for (i = 0; i < old.places; i++)
		while ((lane = old.place[i]) != NULL) {
			old.place[i] = lane->next;
			at = place_of(l, slice_str(lane->user));
			lane->next = *at;
			*at = lane;
		}
	free(old.place);
}

struct lane *
lanes_find(struct lanes *l, struct slice user)
{
	struct lane **at, *lane;

	if (l->n == l->places)
		grow(l);
	at = place_of(l, user);
	for (lane = *at; lane != NULL; lane = lane->next)
		if (slice_eq(slice_str(lane->user), user))
			return lane;
	lane = mem_alloc(sizeof(*lane) + user.n + 1);
	if (user.n > 0)
		memcpy(lane->user, user.p, user.n);
	lane->last = &lane->first;
	lane->next = *at;
	*at = lane;
	l->n++;
	return lane;
}

static void
link_end(struct lanes *l, struct lane *lane)
{
	lane->before = l->end;
	lane->after = NULL;
	*(l->end == NULL ? &l->first : &l->end->after) = lane;
	l->end = lane;
}

static void
unlink_from(struct lanes *l, struct lane *lane)
{
	*(lane->before == NULL ? &l->first : &lane->before->after) =
	    lane->after;
	*(lane->after == NULL ? &l->end : &lane->after->before) = lane->before;
	lane->before = lane->after = NULL;
}

void
lanes_put(struct lanes *l, struct lane *lane, struct part *part)
{
	if (lane->waiting++ == 0)
		link_end(l, lane);
	part->next = NULL;
	*lane->last = part;
	lane->last = &part->next;
}

struct part *
lanes_take(struct lanes *l, struct lane *lane)
{
	struct part *part = lane->first;

	if (part == NULL)
		return NULL;
	lane->first = part->next;
	if (--lane->waiting == 0) {
		lane->last = &lane->first;
		unlink_from(l, lane);
	}
	part->next = NULL;
	return part;
}

struct lane *
lanes_next(const struct lanes *l, unsigned most, uint64_t since, uint64_t now)
{
	struct lane *lane, *shared = NULL;

	/* Those that are served are as few as transports. */
	for (lane = l->first; lane != NULL; lane = lane->after) {
		if (lane->first->tries > 0 && lane->later > now)
			continue;
		if (lane->running == 0)
			return lane;
		if (shared == NULL && lane->running < most &&
		    lane->moved >= since)
			shared = lane;
	}
	return shared;
}

void
lanes_enter(struct lanes *l, struct lane *lane)
{
	lane->running++;
	unlink_from(l, lane);
	link_end(l, lane);
}

void
lanes_leave(struct lanes *l, struct lane *lane)
{
	lane->running--;
	lanes_let_go(l, lane);
}

void
lanes_let_go(struct lanes *l, struct lane *lane)
{
	struct lane **at;

	if (lane->waiting > 0 || lane->running > 0)
		return;
	at = place_of(l, slice_str(lane->user));
	while (*at != lane)
		at = &(*at)->next;
	*at = lane->next;
	l->n--;
	free(lane);
}

void
lanes_free(struct lanes *l)
{
	struct part *part;
	struct lane *lane;
	size_t i;

	for (i = 0; i < l->places; i++)
		while ((lane = l->place[i]) != NULL) {
			while ((part = lanes_take(l, lane)) != NULL)
				free(part);
			l->place[i] = lane->next;
			free(lane);
		}
	free(l->place);
	memset(l, 0, sizeof(*l));
}
