/* SPDX-License-Identifier: ISC */
/* deliverqueue: local delivery as a transport of the queue. */
#ifndef DELIVERQUEUE_H
#define DELIVERQUEUE_H

#include "delivery.h"

/*
 * Reads lines PATH or PATH TAB NUMBERS from "in" until its end, delivers to
 * these recipients of that message of the queue (spoolfile.h), or to all that
 * are pending, and tells by a line for each on "out" what became of it, after
 * the message's journal has the same.  "d" has all but message and sender.
 *
 * 0; or -1: EX_USAGE where a line is none, EX_DATAERR where it is too long or
 * has a NUL, EX_IOERR where "in" cannot be read or "out" not be written: what
 * is in hand is in the journal all the same.
 */
int deliverqueue_run(const struct delivery *d, int in, int out,
    struct fail *f);

#endif
