/* SPDX-License-Identifier: ISC */
/* backoff: when a message is tried again, and whether it is due. */
#ifndef BACKOFF_H
#define BACKOFF_H

#include "spool.h"

enum {
	BACKOFF_FIRST = 300,  /* seconds after the first attempt */
	BACKOFF_MOST = 14400, /* between two of them, before the jitter */
	BACKOFF_AGAIN = 60,   /* after one that tried nothing */
};

/*
 * Seconds to wait after so many attempts: 5 minutes, 10, 20, ... up to 4 hours;
 * with 0, a minute.  "random", of which any value will do, moves it by up to
 * a tenth to either side, so that what failed together does not come back
 * together.
 */
int64_t backoff_after(unsigned attempts, uint32_t random);

/*
 * 1 where the message is to be tried at the time "now".  One of cur/ that is
 * due later than any back-off can be was deferred by a clock that was wrong: it
 * is due.
 */
int backoff_due(const struct spool_name *name, int64_t now);

#endif
