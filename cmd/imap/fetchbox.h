/* SPDX-License-Identifier: ISC */
/*
 * fetchbox: a Maildir that takes what is fetched (intake.h), with flags,
 * keywords and date: once it is there it is noted in the state, where there is
 * one, and told of on standard output, a line each: uid, TAB, path.
 *
 *	fetchbox_open, fetchbox_remember
 *	for each message: fetchbox_begin, fetchbox_write ..., fetchbox_end or
 *	    fetchbox_drop
 *	fetchbox_settle
 *	fetchbox_close
 */
#ifndef FETCHBOX_H
#define FETCHBOX_H

#include "fetchstate.h"
#include "intake.h"
#include "keywords.h"
#include "message.h"
#include "output.h"
#include "ranges.h"
#include "uncrlf.h"

/* The uids of the messages of a batch. */
struct fetchbox_held {
	uint32_t *uid;
	size_t room;
};

struct fetchbox { /* zeroed but for what the caller sets */
	const char *maildir;
	struct output *out;
	int nul;	       /* paths alone, each with NUL behind it */
	int counts;	       /* "durable" is filled */
	struct ranges durable; /* what is in the Maildir now */
	/* Its own: */
	int dir; /* set to -1 by the caller */
	struct fetchstate *state; /* NULL: nothing is remembered */
	struct intake intake;
	struct fetchbox_held held[2];
	struct uncrlf text;
	struct buf piece;
	struct keywords keywords;
	int told; /* that a keyword has no letter */
};

/* 0, or -1 with EX_TEMPFAIL, EX_CANTCREAT.  fetchbox_close in any case. */
int fetchbox_open(struct fetchbox *b, struct fail *f);

/* From now on what is fetched is remembered in "s", which outlives it;
 * "inside": that is a file of the Maildir. */
void fetchbox_remember(struct fetchbox *b, struct fetchstate *s, int inside);

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
