/* SPDX-License-Identifier: ISC */
/*
 * queueadd: a message given to the queue by mailq-add(1), by who may not write
 * there, or wants it done as mailq-add does it.
 */
#ifndef QUEUEADD_H
#define QUEUEADD_H

#include <stdint.h>

#include "fail.h"
#include "slice.h"
#include "spool.h"

struct queueadd {
	int message;		/* a file, from its start */
	const char *sender;	/* "" for none */
	const char *notify, *original, *ret; /* its -N, -O and -R; or NULL */
	const struct slice *addresses;
	size_t n;		/* of these, 1 at least */
	uint64_t end;		/* on ticks_now: then it is killed */
	char id[SPOOL_ID]; /* set by queueadd_run: what the queue calls it, the
			      first where it is several messages there; or
			      "", as it was not told */
};

/*
 * Runs mailq-add, which stands beside our own program or else is in PATH: 0
 * where the message is durably in the queue, for all of them; or -1: as
 * filter_run, EX_TEMPFAIL where there is no pipe, or with the status that it
 * ended with, and what it said last.
 */
int queueadd_run(struct queueadd *a, struct fail *f);

#endif
