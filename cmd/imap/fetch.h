/* SPDX-License-Identifier: ISC */
/* fetch: messages of a mailbox, their headers or structures, to somebody who
 * takes them. */
#ifndef FETCH_H
#define FETCH_H

#include "fetchbox.h"
#include "fetchout.h"
#include "imap.h"
#include "message.h"
#include "progress.h"
#include "ranges.h"
#include "structure.h"
#include "uids.h"

enum fetch_what {
	FETCH_MESSAGE,
	FETCH_HEADER,
	FETCH_PART,
	FETCH_STRUCTURE,
};

enum { FETCH_WAYS = 4 }; /* commands that are under way */

struct fetch { /* zeroed but for what the caller sets */
	struct imap imap;
	enum fetch_what what;
	const char *mailbox;
	const char *part; /* its number */
	int sees;	  /* \Seen is set */
	int deletes;	  /* on the server, what is in the Maildir */
	uint64_t most;	  /* octets of a text that is taken; 0: any number */
	struct uids *uids;
	struct fetchstate *state; /* NULL: nothing is remembered */
	struct fetchbox *box;	  /* NULL: to "out" */
	struct fetchout *out;
	int status;
	/* Its own: */
	struct message message;
	struct structure structure;
	struct fetch_way {
		unsigned command;
		struct buf set;
		struct buf rest;    /* of it, which is asked for again; empty:
				       all of it is asked for */
		struct ranges got;  /* of it */
		struct ranges told; /* the same, without a text so far */
	} way[FETCH_WAYS];	   /* in the order in which they were said */
	unsigned nways;
	struct ranges todo; /* of the last set of "uids", what is not known */
	size_t todo_at;
	int ended;	    /* "uids" are */
	uint64_t all;	    /* messages that came */
	struct progress progress;
	struct progress_at done;
	int begun;	     /* a message is, in the response in hand */
	int resumed;	     /* the mailbox is as the command before left it */
	int nil;	     /* it came without its text */
	int large;	     /* its text is not taken, as it is too large */
	int hopeless;	     /* nothing can be taken any more */
	int interrupted;
};

/* Selects the mailbox, and fetches; what fails is reported. */
void fetch_run(struct fetch *f);

void fetch_end(struct fetch *f);

/* For the files of this module: the sentence of "why", with its class into the
 * status; about a message where "uid" is not 0. */
void fetch_report(struct fetch *f, uint32_t uid, struct fail *why);

/* For the same: about the whole session, which a signal may have ended. */
void fetch_lost(struct fetch *f, struct fail *why);

/* Gives the octets of a string to "take": 0; 1 where there is NIL instead; or
 * -1 where they are no string, or "take" says so. */
int fetchtake_octets(struct tokens *t,
    int (*take)(void *ctx, struct slice piece, struct fail *why), void *ctx,
    struct fail *why);

/* Is the string that is next larger than f->most?  1: it is passed; 0; -1: it
 * would be so for ever, with EX_UNAVAILABLE, or as token_next. */
int fetchtake_is_large(struct fetch *f, struct tokens *t, struct fail *why);

/* That is told of the message, or its part: with EX_UNAVAILABLE. */
void fetchtake_report_large(struct fetch *f, uint32_t uid);

/* One piece of what goes to f->box or f->out. */
int fetchtake_piece(void *ctx, struct slice piece, struct fail *why);

/* Nothing more can be taken, and that is said. */
void fetch_give_up(struct fetch *f, struct fail *why);

/* FETCH, or UIDFETCH: takes what was asked for of that message. */
void fetchtake_message(struct fetch *f, const struct imap_response *r);

/* The next set of messages to be asked for, valid until the next call: 1, 0 at
 * the end, or -1. */
int fetchplan_next(struct fetch *f, struct slice *set, struct fail *why);

/* The set that is to be said of it. */
const char *fetchplan_asked(struct fetch_way *w);

/* What of f->way[0], which was answered by OK with "code", was not done by a
 * server that has a limit (RFC 9738), is the new set of it: 1; else 0. */
int fetchplan_left(struct fetch *f, struct slice code);

/* All of f->way[0] has come, answered by OK with "code": what does not exist is
 * told, unless there is a state. */
void fetchplan_done(struct fetch *f, struct slice code);

/* A mailbox that the command before examined a moment ago is not opened again
 * for what never changes: 1 with f->resumed, or 0. */
int fetchresume_begin(struct fetch *f);

/* f->way[0] is answered, and f->resumed: what of it did not come may be there
 * all the same, so that the mailbox is opened, and no longer resumed, and
 * f->way[0].rest is to be asked for: 1.  0 where all came; -1 where the mailbox
 * cannot be opened, which is told, and the fetch has ended. */
int fetchresume_again(struct fetch *f);

/* Removes from the server what the box has. */
void fetchdelete_run(struct fetch *f);

/* Parts, for all of f->uids. */
void fetchpart_run(struct fetch *f);

#endif
