/* SPDX-License-Identifier: ISC */
/*
 * taker: where messages that are fetched go: a Maildir, a program, or standard
 * output; and how they are remembered there: durable first, then in the state.
 *
 *	taker_open
 *	for each message: taker_begin, taker_write ..., taker_end or taker_drop
 *	taker_settle
 *	taker_close
 */
#ifndef TAKER_H
#define TAKER_H

#include "intake.h"
#include "listing.h"
#include "output.h"
#include "popstate.h"

/* A message of the server, and what becomes of it. */
struct wanted {
	const struct listing_message *message;
	int fetch;  /* it is to be */
	int delete; /* once it is taken */
	int taken;  /* now or before, durably, and remembered */
};

enum taker_kind {
	TAKER_MAILDIR,
	TAKER_PROGRAM,
	TAKER_MESSAGE, /* standard output, which gets one message as it is */
	TAKER_MBOX,    /* the same with any number of them, as mboxrd.h */
};

/* Messages that are whole, and are not settled; of a Maildir, those of one
 * batch. */
struct taker_held {
	struct taker_one {
		struct wanted *wanted;
		struct slice key, mark; /* of popstate.h, in "keys" */
	} *one;
	size_t n, room;
	struct arena keys;
};

struct taker { /* zeroed but for what the caller sets */
	enum taker_kind kind;
	struct popstate *state; /* NULL: nothing is remembered */
	const char *maildir;
	int inside;	   /* the state is in that */
	char *const *argv; /* of the program */
	/* Its own: */
	struct intake box; /* of TAKER_MAILDIR */
	struct taker_held held[2];
	int draft;	  /* a file for the message in hand; -1 */
	struct output out, standard;
	int told;	  /* that standard output cannot be written */
};

/* 0, or -1: EX_TEMPFAIL, EX_CANTCREAT.  taker_close in any case. */
int taker_open(struct taker *t, struct fail *f);

/* These return 0, or -1, after which no message can be taken any more; after
 * taker_write and taker_end, taker_drop is next. */
int taker_begin(struct taker *t, struct fail *f);
int taker_write(struct taker *t, struct slice piece, struct fail *f);

/* The message is whole: the same; or 1 where this one is not taken, and "f"
 * tells why: taker_drop is next, and then others may be. */
struct taker_message {
	struct wanted *wanted;
	struct slice key, mark;
	uint64_t crlf_size; /* with CRLF line ends */
};
int taker_end(struct taker *t, const struct taker_message *m, struct fail *f);

/* Gives up the message that was begun. */
void taker_drop(struct taker *t);

/* All that was taken is durable, and remembered: 0, or -1 where some of it is
 * not: wanted->taken tells. */
int taker_settle(struct taker *t, struct fail *f);

void taker_close(struct taker *t);

#endif
