/* SPDX-License-Identifier: ISC */
/*
 * look: looks through the names in the queue for what is to be tried, and takes
 * it in hand: the first first, so much that memory stays bounded, and with -w
 * as often as it is worth the time that it takes.
 */
#ifndef LOOK_H
#define LOOK_H

#include "dispatch.h"
#include "window.h"

enum {
	LOOK_MOST = 60, /* seconds between two looks with -w, at most */
};

struct look {
	/* Set by the caller: */
	struct runner *runner;
	struct dispatch *dispatch; /* zeroed with -n */
	struct window window; /* its order; then what was found */
	int again;	   /* some may have been missed: look once more */
	/* Its own, "earliest" for others to read: */
	int64_t earliest;  /* when something will be due */
	struct spool_name last; /* of what a look found, where it matters */
	int passed;	   /* "last" is set: only what is behind it counts */
	int fair;	   /* who has much in hand leaves room for others */
	size_t crowded;	   /* messages that stayed on the disk for that, since
			      the look at "begun" */
	uint64_t begun;	   /* ticks_now */
	uint64_t spent;	   /* since then, on looks and what came of them */
	uint64_t scanned;  /* ticks_now */
	uint64_t cleaned;  /* tmp/; 0: not so far */
	int busy;	   /* there was something in hand at the last look */
	size_t loaded;	   /* since the last look */
};

/* Puts all that is to be tried into the window, or the first of it, in place of
 * what is there: 0, or -1 with EX_TEMPFAIL: the queue cannot be read.  Once an
 * hour, and in each run, tmp/ is cleaned. */
int look_scan(struct look *l, struct fail *f);

/* The same of one message, for watch_read: "look" is a struct look. */
void look_see(void *look, const struct spool_name *name);

/* 1 where look_scan is to be called now. */
int look_is_needed(const struct look *l);

/* Takes some of the window in hand, as there is room, before others are
 * served. */
void look_load(struct look *l);

/* 1 where look_load would take one. */
int look_can_load(const struct look *l);

#endif
