/* SPDX-License-Identifier: ISC */
/* fetch: messages from the server to a taker, and off the server. */
#ifndef FETCH_H
#define FETCH_H

#include "mark.h"
#include "pop.h"
#include "progress.h"
#include "taker.h"

enum fetch_removal {
	FETCH_KEEP,   /* nothing is deleted on the server */
	FETCH_DELETE, /* what was taken, now or before */
	FETCH_AGED,   /* the same, after some days */
};

enum fetch_doubt { /* The reply to a RETR may be that to something else: */
	FETCH_REFUSED = 1,  /* -ERR; what was not asked for, too, may be that */
	FETCH_SIZE = 2,	    /* not the size that was announced */
	FETCH_LIKE_REPLY = 4, /* the same, and it begins as a reply does */
};

struct fetch { /* zeroed but for what the caller sets */
	struct pop pop; /* open */
	struct listing list;
	struct popstate *state; /* NULL: nothing is known, or remembered */
	struct taker taker;	/* open; it has the same state */
	enum fetch_removal removal;
	unsigned days;
	uint64_t most;	  /* bytes of a message; 0: any */
	char *const *uids; /* these alone; n of them */
	size_t nuids;
	int status;
	/* Its own: */
	struct wanted *wanted;
	size_t n;
	struct progress progress;
	struct progress_at done;
	struct buf key;
	struct digest *digest; /* of the message in hand; NULL: not wanted */
	struct mark mark;      /* the same */
	int hopeless;	       /* no message can be taken any more */
	struct wanted *doubted; /* from it on nothing is taken until it is
				   certain what the replies are to; NULL */
	unsigned doubts;	/* why, enum fetch_doubt, */
	unsigned believed;	/* and what is no reason any more */
	int like_reply;	       /* the message in hand begins as a reply does, */
	int last;	       /* and is the last one that was asked for */
	int lost;	       /* the connection: nothing more is said */
	int interrupted;       /* by a signal, which was reported */
	struct fail refusal;   /* why the message in hand is not taken; class
				  0: it is */
	uint64_t skipped;      /* bytes of it since then, */
	uint64_t skipped_most; /* and how many there may be */
};

/*
 * Decides what is to be done with the messages of f->list: f->wanted.  What
 * cannot be done (a unique-id that is not there, a message too large) is
 * reported.  Unless it is "dry" the state notes what has gone.  0, or -1: it
 * cannot be written; EX_PROTOCOL: the server had unique-ids before.
 */
int fetch_plan(struct fetch *f, int dry, struct fail *why);

/* Shows that on "out", a line each: what, number, size, unique-id. */
void fetch_show(struct fetch *f, struct output *out);

/* Does it, and says QUIT; what fails is reported.  SIGINT, SIGTERM and SIGHUP
 * end it early, with all that was taken settled, whether the server says
 * something or not; a second one at once. */
void fetch_run(struct fetch *f);

void fetch_end(struct fetch *f);

/* For the files of this module: the sentence of "why" about a message, or about
 * the server where it is NULL, with its class into the status. */
void fetch_report(struct fetch *f, const struct listing_message *m,
    struct fail *why);

/* Takes the text of a message, which is next on the connection, or where there
 * is a reason not to, reads past it: 0, or -1 with that, and f->lost where the
 * connection cannot be used any more. */
int fetch_take(struct fetch *f, struct wanted *w, struct fail *why);

/* Neither the message nor what follows is taken until f->doubted is NULL again,
 * for this reason. */
void fetch_doubt(struct fetch *f, struct wanted *w, enum fetch_doubt reason);

/* All that was asked for is there: was each reply what it was taken for?  Only
 * that to STAT is two numbers.  0, and nothing is doubted any more; -1, and
 * f->lost. */
int fetch_verify(struct fetch *f, struct fail *why);

/* Is it to be deleted, having been fetched at "when"? */
int fetch_is_due(const struct fetch *f, int64_t when);

/* The key of a message by its unique-id, in f->key; empty: it has none that
 * tells it from others.  And the same where others may have it, too. */
struct slice fetch_key(struct fetch *f, const struct listing_message *m);
struct slice fetch_shared_key(struct fetch *f, const struct listing_message *m);

#endif
