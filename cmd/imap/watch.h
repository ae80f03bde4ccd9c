/* SPDX-License-Identifier: ISC */
/*
 * watch: a mailbox whose messages are known, kept up to date by what a server
 * says, and brought up to date after something was missed: each thing that
 * happened is told once, whatever a server repeats and however often it is
 * connected to.
 */
#ifndef WATCH_H
#define WATCH_H

#include "known.h"
#include "message.h"

enum watch_event {
	WATCH_NEW,
	WATCH_FLAGS,   /* they are others than before */
	WATCH_EXPUNGE,
	WATCH_RESET,   /* another UIDVALIDITY: all that was known is gone, and
			  what is there is new */
};

struct watch {
	/* Set by the caller: */
	const char *name;
	int all; /* what is there at first is new, too */
	void (*tell)(void *ctx, const struct watch *w, enum watch_event event,
	    uint32_t uid, struct slice flags);
	void *ctx;
	/* Takes responses that are of no message. */
	int (*other)(void *ctx, const struct imap_response *r, struct fail *f);
	void *other_ctx;
	unsigned pending; /* commands of the caller's that have not ended: the
			     next call ends them */
	/* To be read: */
	uint32_t uidvalidity;
	/* Its own: */
	struct known known;
	struct message message;
	uint64_t modseq;   /* up to which all is known; 0: none */
	uint32_t exists;   /* as the server says */
	unsigned asked;	   /* what is asked for, and may be taken */
	uint32_t next;	   /* to ask for */
	uint32_t cut;	   /* the lowest uid that was told of what was asked
			      for, by a server that has a limit; 0: all */
	uint32_t below;	   /* up to here changes are asked for; 0: all */
	int more;	   /* there is more to ask for */
	int synced;	   /* it was read once */
	int doubt;	   /* there are more or fewer messages than it was said
			      that came and went */
	int again;	   /* something was missed */
	int refused;	   /* a command was: BAD */
	int plain;	   /* no VANISHED is asked for: it was refused */
};

void watch_start(struct watch *w, const char *name);
void watch_free(struct watch *w);

/*
 * The mailbox was selected: tells what happened since it was known, by QRESYNC,
 * which is enabled where "vanished"; by CONDSTORE; else from the flags of all
 * messages.  What is there the first time is told where w->all.  It may want
 * another turn (watch_wants: WATCH_SYNC).  0; -1: as imap_next; EX_UNAVAILABLE
 * where there are too many messages.
 */
int watch_sync(struct watch *w, struct imap *i, int vanished, struct fail *f);

/* Takes a response of IMAP_DATA while the mailbox is selected: 0, or -1. */
int watch_take(struct watch *w, struct imap *i, const struct imap_response *r,
    struct fail *f);

/* What is to be done next: there are new messages, for watch_fetch; or what was
 * said does not fit, so that it is to be selected anew, for watch_sync. */
enum { WATCH_NOTHING, WATCH_FETCH, WATCH_SYNC };
int watch_wants(const struct watch *w);

/* Fetches the flags of new messages, and tells them: 0, or -1. */
int watch_fetch(struct watch *w, struct imap *i, struct fail *f);

#endif
