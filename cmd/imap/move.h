/* SPDX-License-Identifier: ISC */
/*
 * move: messages of the selected mailbox go to another one, or away, and
 * none but these.
 *
 * Moved by MOVE (RFC 6851) where it is offered.  Else copied, and removed only
 * where the server said that all of a set are copied: marked \Deleted, and
 * expunged by UID EXPUNGE (RFC 4315), or, where that is not offered, by EXPUNGE
 * if no other message of the mailbox is marked.
 */
#ifndef MOVE_H
#define MOVE_H

#include "imap.h"
#include "ranges.h"
#include "uids.h"
#include "uidset.h"

enum { MOVE_ROUND = 4 };

struct move_part { /* its own */
	char *set;
	unsigned command;
	int done;    /* what was said last was */
	int told;    /* COPYUID was, */
	struct ranges copied; /* of these; none where it did not fit */
	int missing; /* the mailbox that it is to go to is */
};

struct move {
	struct imap *imap;
	struct uids *uids; /* of uids_open with "all" */
	struct slice to;   /* empty: nowhere */
	int copy;	   /* they stay where they are, too */
	int make;	   /* the mailbox is made where it is missing */
	/* New uids, where the server tells. */
	void (*each)(void *ctx, struct uidset_range range);
	void *ctx;
	/* Its own: */
	struct move_part part[MOVE_ROUND];
	size_t n;
	size_t under_way; /* the first part that is not answered */
	unsigned waiting; /* commands that are not answered */
	int searched;	  /* which are marked was told, */
	int others;	  /* and others are */
	int made;
	int left; /* some stay, marked */
	struct fail first;
};

/* Does it: 0; -1 with the first reason why not all is done, i->dead or not.
 * EX_UNAVAILABLE, too, where the mailbox can only be read, or some stay,
 * marked, as others are; EX_PROTOCOL where COPYUID does not fit what was asked
 * for, and all is done. */
int move_run(struct move *t, struct fail *f);

#endif
