/* SPDX-License-Identifier: ISC */
/* reports: what the sender is told of a message that was delivered, by the
 * program that Reports of the configuration names, else by the queue. */
#ifndef REPORTS_H
#define REPORTS_H

#include "session.h"

/* The message "id" of the transaction is stored, and the client was answered:
 * gives away a report, where one was asked for; a program is waited for, for up
 * to LIMIT_REPORT_TIME.  What fails is a line of the log. */
void reports_give(struct session *s, const char *id);

#endif
