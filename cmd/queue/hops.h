/* SPDX-License-Identifier: ISC */
/*
 * hops: the next hops that something waits for, each with its parts in lanes
 * (lanes.h).
 *
 * A next hop has a verdict where it need not be tried: it is down, its name
 * cannot be one, its program cannot be run.  That holds for some minutes for
 * all that waits for it.
 */
#ifndef HOPS_H
#define HOPS_H

#include "lanes.h"
#include "nexthop.h"

enum {
	HOPS_AGAIN = 240000, /* milliseconds that a verdict holds: less than
				the shortest back-off */
};

struct hop {
	struct hop *next;	     /* of its place in the table */
	struct hop *before, *after; /* of those that something waits for */
	enum nexthop_kind kind;
	char *target;
	struct lanes lanes;
	size_t waiting;		/* parts, in all lanes */
	unsigned running;	/* transports */
	char *verdict;		/* a result line without a path; or NULL */
	uint64_t until;		/* ticks_now: how long that holds */
};

struct hops {
	struct hop **place;
	size_t places, n;
	struct hop *first, *end; /* that something waits for */
	size_t waiting;		 /* parts, for all of them */
};

/* The next hop; it is made where it is not there. */
struct hop *hops_find(struct hops *h, const struct nexthop *n);

/* Puts a part into a lane of the hop; takes the first of a lane, which is freed
 * where it was the last and nothing serves it, or NULL where none is. */
void hops_put(struct hops *h, struct hop *hop, struct lane *lane,
    struct part *part);
struct part *hops_take(struct hops *h, struct hop *hop, struct lane *lane);

/* The same of any lane. */
struct part *hops_take_any(struct hops *h, struct hop *hop);

/* Puts it behind, or in front of, all others that something waits for. */
void hops_defer(struct hops *h, struct hop *hop);
void hops_prefer(struct hops *h, struct hop *hop);

/* Sets the verdict, "line" without its LF. */
void hops_judge(struct hop *hop, struct slice line);

/* The verdict, or NULL; one that is too old is forgotten. */
const char *hops_verdict(struct hop *hop);

/* Frees it where nothing waits for it, runs for it or is known of it. */
void hops_let_go(struct hops *h, struct hop *hop);

void hops_free(struct hops *h);

#endif
