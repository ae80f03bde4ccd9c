/* SPDX-License-Identifier: ISC */
/* loading: reads the envelope of a message, and makes parts of it for its next
 * hops. */
#ifndef LOADING_H
#define LOADING_H

#include "hops.h"
#include "runner.h"

/*
 * Puts the parts of the message into "h".  A task without any, as all of its
 * recipients are settled, is to be disposed of: it is returned.  NULL: it has
 * parts, it is in hand already, was not chosen by the operands, or was disposed
 * of as no message.
 *
 * "room" is for how many more messages there is room, SIZE_MAX where nobody is
 * to be kept from it.  Else a message stays where it is, and r->crowded counts
 * it, where in each of its lanes as many wait already, or four times as many
 * for one of its next hops: so whoever is slow leaves room for others.
 */
struct task *loading_message(struct runner *r, struct hops *h,
    const struct spool_name *name, size_t room);

/* Tells what would be done with it (-n): 1, or 0 where it was not chosen or
 * cannot be read. */
int loading_plan(struct runner *r, const struct spool_name *name);

#endif
