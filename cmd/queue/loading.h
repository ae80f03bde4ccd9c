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
 */
struct task *loading_message(struct runner *r, struct hops *h,
    const struct spool_name *name);

/* Tells what would be done with it (-n): 1, or 0 where it was not chosen or
 * cannot be read. */
int loading_plan(struct runner *r, const struct spool_name *name);

#endif
