/* SPDX-License-Identifier: ISC */
/* interrupt: SIGINT, SIGTERM and SIGHUP end the long work of a client early,
 * and in good order: who does it looks here before it begins with more. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <time.h>

#include "conn.h"

/* From now on they are noted, but those that are ignored stay so.  The first
 * one gives the server "seconds" more (conn_until); a second one of its kind
 * has its usual effect.  SIGALRM is used up. */
void interrupt_catch(struct conn *c, unsigned seconds);

/* No wait is longer than till then (ticks_seconds), signal or not; 0: it may
 * be. */
void interrupt_by(time_t end);

/* The number of the signal that came; 0: none. */
int interrupt_came(void);

#endif
