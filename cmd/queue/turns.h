/* SPDX-License-Identifier: ISC */
/*
 * turns: which transports serve whom, and how many there are.
 *
 * Whatever a user's program does, it holds up mail for that user alone: a
 * mail-deliver has mail of one user in hand, and where all of them have no
 * result for a while there is one more.
 */
#ifndef TURNS_H
#define TURNS_H

#include "dispatch.h"

enum {
	TURNS_STUCK = 500, /* milliseconds without a result: a program has it */
};

/* One that has nothing in hand goes where its turn is: t->lane, or NULL where
 * nothing waits for it. */
void turns_change(const struct dispatch *d, struct transport *t, uint64_t now);

/* It does not serve its lane any more. */
void turns_leave(struct transport *t);

/* May it have what is next in its lane? */
int turns_has(const struct transport *t, uint64_t now);

/* May there be one more transport for the hop? */
int turns_may_start(const struct dispatch *d, const struct hop *hop,
    uint64_t now);

#endif
