/* SPDX-License-Identifier: ISC */
/* dispatch: the transports of a run, and what goes to which of them. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <poll.h>

#include "hops.h"
#include "runner.h"
#include "transport.h"

struct dispatch {
	struct runner *runner;
	struct hops hops;
	struct transport *transports; /* -c of them */
	struct pollfd *poll;	      /* POLLS for each, and one more */
	size_t running;
	struct task *again; /* those in other hands */
	uint64_t again_at;  /* ticks_now: when they are tried again */
	int last;	    /* nothing more comes to be loaded for now */
	int stopping;
	uint64_t hurry; /* ticks_now: when all is told to end; 0: it is not */
};

void dispatch_open(struct dispatch *d, struct runner *r);
void dispatch_close(struct dispatch *d);

/* Puts a message in hand, as loading_message; how many are. */
void dispatch_load(struct dispatch *d, const struct spool_name *name,
    size_t room);
size_t dispatch_in_hand(const struct dispatch *d);

/*
 * Does all that can be done without a wait: gives to transports what waits for
 * them, starts and ends them.  In how many milliseconds there is more to do,
 * whatever happens; -1: nothing.
 */
int dispatch_work(struct dispatch *d);

/* What is to be polled, d->poll from the second on: how many.  Then takes what
 * came of that. */
size_t dispatch_poll(struct dispatch *d);
void dispatch_polled(struct dispatch *d);

/* Begins nothing any more; what transports have been told of they finish. */
void dispatch_stop(struct dispatch *d);

/* The same, and they have some seconds for that, or with "now" none; then they
 * are told to end, and what has no result stays due. */
void dispatch_hurry(struct dispatch *d, int now);

#endif
