/* SPDX-License-Identifier: ISC */
/* patience: clients that do not wait, and clients that make mistakes: those
 * who only want to be rid of their mail do both.  Clients of this machine may.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include "session.h"

/* Before the greeting: 1 where the client has said something already, within
 * "Greet-Delay" seconds, and the session is over; else 0. */
int patience_early(struct session *s);

/* After a command: where it was refused, and LIMIT_ERRORS_FREE were before it,
 * waits for longer each time. */
void patience_mistake(const struct session *s, unsigned errors_before);

#endif
