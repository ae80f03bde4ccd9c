/* SPDX-License-Identifier: ISC */
/* passon: a message given to the queue, for addresses that it is forwarded
 * to. */
#ifndef PASSON_H
#define PASSON_H

#include "queueadd.h"

/* As queueadd_run, within LIMIT_QUEUE_ADD, and with an "original" that may be
 * too long for the queue, which does without it then: 0; or -1 with
 * EX_TEMPFAIL, or with EX_UNAVAILABLE where the message is refused. */
int passon_give(struct queueadd *a, struct fail *f);

#endif
