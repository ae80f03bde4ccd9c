/* SPDX-License-Identifier: ISC */
/* looking: what the parts of lookout have in common: for lookout*.c alone. */
#ifndef LOOKING_H
#define LOOKING_H

#include "lookout.h"

enum { SECOND = 1000 }; /* of vigil_now */

/* The session has begun: sees to it that the server tells what it can tell, and
 * nothing of the mailboxes is known to be up to date.  0, or -1. */
int lookout_begin(struct lookout *l, struct fail *f);

/* Looks until it is over, or the connection is: 0, or -1. */
int lookout_look(struct lookout *l, struct fail *f);

/* Takes a response of IMAP_DATA: 0, or -1. */
int lookout_take(struct lookout *l, const struct imap_response *r,
    struct fail *f);

/* Until the command has ended: IMAP_OK, IMAP_NO, IMAP_LOST; or IMAP_PLUS. */
enum imap_result lookout_finish(struct lookout *l, unsigned command,
    struct fail *f);

/* NOOP: 0, or -1. */
int lookout_noop(struct lookout *l, struct fail *f);

/* Visits those where something happened, and ends with the first, unless all
 * are watched from anywhere: 0, or -1. */
int lookout_visit_stale(struct lookout *l, struct fail *f);

/* Whether there is something to be asked for from time to time: 1, or 0; and
 * asks for it: 0, or -1. */
int lookout_has_questions(const struct lookout *l);
int lookout_poll(struct lookout *l, struct fail *f);

/* Makes it over where its time is up, or a signal came: l->over. */
int lookout_time_is_up(struct lookout *l);

/* Makes it go on for as long as one more look takes, where its time is up,
 * once: 1, or 0. */
int lookout_last(struct lookout *l);

/* The sooner of two times, of which "b" may be 0: none. */
uint64_t lookout_sooner(uint64_t a, uint64_t b);

#endif
