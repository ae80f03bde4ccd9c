/* SPDX-License-Identifier: ISC */
/* mailboxes: those of a server, as LIST, LSUB and STATUS tell of them
 * (RFC 9051, 7.3; RFC 3501, 7.2; RFC 6154). */
#ifndef MAILBOXES_H
#define MAILBOXES_H

#include "imap.h"
#include "lookup.h"
#include "mem.h"

enum { /* what was told */
	MAILBOX_MESSAGES = 1,
	MAILBOX_UNSEEN = 2,
	MAILBOX_UIDNEXT = 4,
	MAILBOX_UIDVALIDITY = 8,
	MAILBOX_SIZE = 16,
};

struct mailbox {
	struct slice name;	 /* UTF-8; as the server has it, where that is
				    neither UTF-8 nor modified UTF-7 */
	struct slice raw;	 /* as the server has it */
	struct slice use;	 /* special uses: words such as \Sent */
	struct slice attributes; /* the others, as they came */
	int separator;		 /* of levels; -1: there are no levels */
	int unfit;		 /* it cannot be selected */
	int missing;		 /* there is no such mailbox (\NonExistent) */
	int listed, subscribed;	 /* by a LIST; by that or an LSUB */
	int unwanted;		 /* the caller's */
	unsigned has;
	uint32_t messages, unseen, uidnext, uidvalidity;
	uint64_t size;
};

struct mailboxes { /* zeroed; its own, but for "box" and "n" */
	struct mailbox *box;
	size_t n;
	size_t room, bytes;
	struct arena arena;
	struct lookup names; /* by "raw" */
};

/*
 * Takes a LIST or LSUB that imap_next gave.  What a LIST tells of a mailbox
 * stands in place of what was known; an LSUB makes known that it is subscribed
 * (\Subscribed).  0; -1 with i->dead, EX_PROTOCOL: it is no such response, or
 * they are more than LIMIT_IMAP_MAILBOXES, or too long.
 */
int mailboxes_take(struct mailboxes *m, struct imap *i,
    const struct imap_response *r, struct fail *f);

/* The same for a STATUS; that of a mailbox which is not known is dropped. */
int mailboxes_take_status(struct mailboxes *m, struct imap *i, struct fail *f);

/* The one with that name as the server has it; NULL. */
struct mailbox *mailboxes_find(const struct mailboxes *m, struct slice raw);

/* Sorts them by name, INBOX first.  Nothing is taken or found after that. */
void mailboxes_sort(struct mailboxes *m);

void mailboxes_free(struct mailboxes *m);

#endif
