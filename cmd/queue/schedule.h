/* SPDX-License-Identifier: ISC */
/* schedule: the loop of a run: what is due (look.h), and when. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "runner.h"

/* Tries what is due, until nothing is, or with -w until a SIGTERM; with
 * operands what they choose.  Results are counted in r->status.  0, or -1 with
 * EX_TEMPFAIL: the queue cannot be read. */
int schedule_run(struct runner *r, struct fail *f);

/* Tells what that would try, and where (-n). */
int schedule_plan(struct runner *r, struct fail *f);

#endif
