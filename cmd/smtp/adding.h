/* SPDX-License-Identifier: ISC */
/*
 * adding: gives a message to mailq-add(1), which may write to the queue where
 * this process may not.
 */
#ifndef ADDING_H
#define ADDING_H

#include "addr.h"
#include "conf.h"
#include "output.h"
#include "spoolnew.h"

struct adding { /* zeroed but for "fd", which is -1 */
	int fd; /* a temporary file with the message; -1: it is not begun */
	struct output out; /* to that */
	char sender[ADDR_TEXT];
};

/* Begins a message: 0, or -1 as scratch_open. */
int adding_begin(struct adding *a, struct slice sender, struct fail *f);

/* Adds bytes to it.  What fails of that fails in adding_commit. */
void adding_write(struct adding *a, struct slice bytes);

/*
 * Has mailq-add take it, for the "n" addresses "to", up to LIMIT_RECIPIENTS of
 * them, within Filter-Timeout.  0 with its id, or "" where that was not told;
 * or -1 as queueadd_run.  There is no message after it.
 */
struct adding_order {
	const struct conf *conf;
	const struct spool_to *to;
	size_t n;
};
int adding_commit(struct adding *a, const struct adding_order *order,
    char id[SPOOL_ID], struct fail *f);

/* Forgets the message, where one was begun. */
void adding_abort(struct adding *a);

#endif
