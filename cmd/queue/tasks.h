/* SPDX-License-Identifier: ISC */
/*
 * tasks: the messages that are in hand, from when the envelope was read until
 * something was decided over them.
 *
 * A task has a part for each next hop (hops.h), of local mail for each user, or
 * several, where not all of its recipients fit into one line for a transport.
 * Only names and numbers are kept: what is in the file is read again when it is
 * disposed of.
 */
#ifndef TASKS_H
#define TASKS_H

#include "buf.h"
#include "spool.h"

struct task {
	struct task *next; /* of its place in the table */
	struct spool_name name;
	uint64_t journal; /* offset of what is new in it */
	size_t parts;	  /* without all of their results */
	int told;	  /* some part was given to a transport */
	int untried;	  /* some part was left, so it stays due */
	unsigned locked;  /* times that it was in other hands */
	struct task *again; /* the next one of those */
	int left;	  /* it is not touched any more in this run */
	struct buf results; /* lines that may not be in the journal */
};

struct part {
	struct part *next;
	struct task *task;
	size_t total;	/* recipients */
	size_t count;	/* of results to come */
	size_t busy;	/* of those that came */
	unsigned tries;	/* that were all busy */
	char numbers[]; /* "1,4-9" */
};

struct tasks {
	struct task **place;
	size_t places, n; /* n: with those left */
	size_t left;
};

/* A task for a message that is not in hand; NULL where it is.  It is freed by
 * tasks_drop, or kept by tasks_leave so that it is not taken again. */
struct task *tasks_add(struct tasks *t, const struct spool_name *name);
int tasks_has(const struct tasks *t, const char *id);
void tasks_drop(struct tasks *t, struct task *task);
void tasks_leave(struct tasks *t, struct task *task);

/* Drops those left; all. */
void tasks_forget(struct tasks *t);
void tasks_free(struct tasks *t);

#endif
