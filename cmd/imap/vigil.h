/* SPDX-License-Identifier: ISC */
/*
 * vigil: a long wait for a peer that may be gone without a word: time that goes
 * on while the machine sleeps, and what makes a connection doubtful: that it
 * slept, or has other addresses.
 */
#ifndef VIGIL_H
#define VIGIL_H

#include <stdint.h>

struct vigil {
	int timer; /* -1: there is none on this system; else it wakes us up when
		      the machine does */
	int links; /* -1, or where the kernel tells of addresses */
	int64_t asleep; /* milliseconds that the machine slept so far */
};

void vigil_start(struct vigil *v);
void vigil_end(struct vigil *v);

/* Milliseconds since some time in the past, those of sleep counted. */
uint64_t vigil_now(void);

enum {
	VIGIL_INPUT = 1,  /* there is something to be read, or it has ended */
	VIGIL_TIME = 2,	  /* it is the time given */
	VIGIL_CLOSED = 4, /* nobody reads standard output any more */
	VIGIL_DOUBT = 8,  /* the machine slept, or addresses have changed */
};

/* Waits for input on "fd" (-1: for none), at most until the time "until": what
 * happened, at least one thing, but none after a signal. */
unsigned vigil_wait(struct vigil *v, int fd, uint64_t until);

#endif
