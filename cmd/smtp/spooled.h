/* SPDX-License-Identifier: ISC */
/*
 * spooled: letters that are messages of the queue (mailpipe-queue(5)): what -Q
 * reads, and what it writes of them.
 *
 * A recipient is locked from before it is looked at until its result was
 * written: first into the message's journal, then to who asked for it.  What
 * another has settled meanwhile is not sent.
 */
#ifndef SPOOLED_H
#define SPOOLED_H

#include "batch.h"
#include "output.h"
#include "paths.h"

struct queue {
	/* Set by the caller: */
	const struct batch *batch;
	const struct ask *ask; /* what is asked for with all letters */
	struct output *out;
	/* Its own: */
	struct paths lines;
	struct spooled *taking;	/* has recipients that were not seen so far */
	struct spooled *closing; /* as soon as their results are written */
	size_t nclosing;
	int ended; /* no line is to come, or to be read */
	int status;
};

/* Reads lines of "fd", PATH or PATH TAB NUMBERS (numbers.h). */
void spooled_start(struct queue *q, int fd);

/* The functions of a batch whose context is a struct queue. */
int spooled_next(void *queue, struct letter *l);
int spooled_ready(void *queue);
void spooled_settled(void *queue, struct letter *l);
void spooled_waits(void *queue);
void spooled_done(void *queue, struct letter *l);

/* Writes what is left, and frees; q->status is that of the process. */
void spooled_end(struct queue *q);

#endif
