/* SPDX-License-Identifier: ISC */
/*
 * fetchbox: a Maildir that takes what is fetched, with flags, keywords and
 * date, in batches: all written, synced by a thread while the next batch comes,
 * noted in the state where there is one, moved to new/ and cur/, noted again,
 * told of on standard output, a line each: uid, TAB, path.
 *
 *	fetchbox_open
 *	for each message: fetchbox_begin, fetchbox_write ..., fetchbox_end or
 *	    fetchbox_drop
 *	fetchbox_settle
 *	fetchbox_close
 */
#ifndef FETCHBOX_H
#define FETCHBOX_H

#include "fetchstate.h"
#include "keywords.h"
#include "maildirbatch.h"
#include "message.h"
#include "output.h"
#include "ranges.h"
#include "uncrlf.h"

/* Messages that are whole, and are not settled. */
struct fetchbox_held {
	uint32_t *uid;
	size_t n, room;
	struct maildirbatch *batch;
};

struct fetchbox { /* zeroed but for what the caller sets */
	const char *maildir;
	struct fetchstate *state; /* NULL: nothing is remembered */
	struct output *out;	  /* NULL: nothing is told */
	int nul;		  /* paths alone, each with NUL behind it */
	int counts;		  /* "durable" is filled */
	struct ranges durable;	  /* what is in the Maildir now */
	/* Its own: */
	int dir;
	struct fetchbox_held now, before; /* "before" is synced meanwhile */
	size_t most;   /* messages of "now", then it is settled */
	uint64_t begun; /* milliseconds, when "now" was */
	char run[MAILDIRBATCH_RUN];
	int noted;     /* the run, in the state */
	int left;      /* files in tmp/ for the next run */
	struct uncrlf text;
	struct buf piece;
	struct keywords keywords;
	int told; /* that a keyword has no letter */
};

/* 0, or -1 with EX_TEMPFAIL.  fetchbox_close in any case. */
int fetchbox_open(struct fetchbox *b, struct fail *f);

/* These return 0, or -1, after which no message can be taken any more. */
int fetchbox_begin(struct fetchbox *b, struct fail *f);
int fetchbox_write(struct fetchbox *b, struct slice piece, struct fail *f);
int fetchbox_end(struct fetchbox *b, const struct message *m, struct fail *f);

/* Gives up the message that was begun, where one was. */
void fetchbox_drop(struct fetchbox *b);

/* All that was taken is durable, remembered, and told of: 0, or -1 where some
 * of it is not. */
int fetchbox_settle(struct fetchbox *b, struct fail *f);

void fetchbox_close(struct fetchbox *b);

#endif
