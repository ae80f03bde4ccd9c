/* SPDX-License-Identifier: ISC */
/* outcome: what became of a recipient in this run, for the administrator: a
 * line of the log, or of JSON. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "runner.h"
#include "spoolfile.h"

/*
 * Tells of every recipient about whom the journal has a line behind the offset
 * "since", and counts it in r->status.  0, or -1 with EX_TEMPFAIL.
 */
int outcome_tell(struct runner *r, const struct spoolfile *m,
    uint64_t since, struct fail *f);

/* Tells what would be tried (-n): the recipient and its next hop. */
void outcome_plan(struct runner *r, const struct spoolfile *m,
    size_t number, struct slice hop);

/* Tells of a message that nobody can be told of otherwise, on standard error
 * and in the log; "status" counts in r->status. */
void outcome_warn(struct runner *r, const struct spool_name *name,
    int status, const char *what);

#endif
