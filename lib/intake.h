/* SPDX-License-Identifier: ISC */
/*
 * intake: a Maildir that takes what is fetched from a server, in batches: all
 * written, synced by a thread while the next batch comes, noted in a state file
 * where there is one, moved to new/ and cur/, and told to the owner, who notes
 * it again.  The first batches are small, so that who is killed again and again
 * gets on nevertheless.
 *
 *	for each message: intake_begin, maildirbatch_write to intake_batch ...,
 *	    intake_end or intake_drop
 *	intake_settle
 *	intake_close
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stdint.h>

#include "fail.h"
#include "maildirbatch.h"
#include "slice.h"
#include "underway.h"

struct intake_batch {
	struct maildirbatch *batch; /* NULL: none */
	size_t n;		    /* messages of it that are whole */
	void *facts; /* the owner's, about these, which stay with them */
};

struct intake { /* zeroed but for what the caller sets */
	const char *maildir;
	struct underway *underway; /* NULL: nothing is noted */
	int inside;		   /* the state file is in the Maildir */
	void *ctx;		   /* of what follows */
	/* The key of message "i" of the batch, valid until the next call. */
	struct slice (*key)(void *ctx, const struct intake_batch *b, size_t i);
	/* The first b->n of it are in the Maildir, durably: 0, or -1. */
	int (*delivered)(void *ctx, const struct intake_batch *b,
	    struct fail *f);
	struct intake_batch now, before; /* their facts; "before" is synced
					    meanwhile */
	/* Its own: */
	size_t most;	/* messages of "now", then it is settled */
	uint64_t begun; /* milliseconds, when "now" was */
	int open;	/* a message of it was begun */
	char run[MAILDIRBATCH_RUN];
	int noted; /* the run, in the state */
	int left;  /* files in tmp/ for the next run */
};

/* 0, or -1 with EX_TEMPFAIL. */
int intake_start(struct intake *t, struct fail *f);

/* Begins a message, in t->now.batch: 0, or -1, after which no message can be
 * taken any more; EX_TEMPFAIL, EX_CANTCREAT, EX_IOERR. */
int intake_begin(struct intake *t, struct fail *f);

/* It is whole, with facts that t->now.facts has as number t->now.n.
 * "crlf_size" is its size with CRLF line ends.  The same, and after -1
 * intake_drop is next. */
int intake_end(struct intake *t, uint64_t crlf_size, struct fail *f);

/* Gives up the message that was begun, where one was. */
void intake_drop(struct intake *t);

/* All that was taken is durable, noted, and told to the owner: 0, or -1 where
 * some of it is not. */
int intake_settle(struct intake *t, struct fail *f);

/* Removes from tmp/ what was not settled, unless it is noted. */
void intake_close(struct intake *t);

#endif
