/* SPDX-License-Identifier: ISC */
/* deadline: waits for descriptors that come to an end, in time or by a
 * signal. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "fail.h"

/* How long waits may be; see conn_timeout, conn_end and conn_stoppable. */
struct deadline_rules {
	unsigned seconds; /* a call with all its waits */
	time_t end_at;	  /* on CLOCK_MONOTONIC, whatever the call; 0: none */
	const volatile sig_atomic_t *stop;
	const sigset_t *during;
	const volatile sig_atomic_t *until; /* the same as "end_at", even for a
					       wait that has begun; NULL, or it
					       is 0: none */
};

/* The deadline of one call: zeroed but for the rules, it is set when the first
 * wait begins.  Whoever clears "set" begins anew. */
struct deadline {
	const struct deadline_rules *rules;
	int set;
	int end; /* it is that of "end_at" */
	struct timespec at;
};

enum {
	DEADLINE_FAILED = -1,
	DEADLINE_READY = 0,
	DEADLINE_STOPPED = 1,
};

/* So many seconds from now, on CLOCK_MONOTONIC, for "end_at". */
time_t deadline_in(unsigned seconds);

/*
 * Waits until one of p[0] and p[1] has what it was asked for (poll(2)).  With
 * "stoppable" the signals that rules->during lets through interrupt it, and
 * DEADLINE_STOPPED is returned where *rules->stop is set.  DEADLINE_FAILED:
 * EX_TEMPFAIL, time is up.
 */
int deadline_wait(struct deadline *d, struct pollfd p[2], int stoppable,
    struct fail *f);

#endif
