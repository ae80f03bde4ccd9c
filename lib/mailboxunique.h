/* SPDX-License-Identifier: ISC */
/*
 * mailboxunique: the unique-ids of POP3 (RFC 1939, 7) of a mailboxlist.
 *
 * With a uidlist they are what Dovecot gives: the field P of the message's line
 * where there is one (where it is empty the base of the name), else its UID and
 * UIDVALIDITY as eight hexadecimal digits each.  Without it they are the unique
 * part of the name, or 32 hexadecimal digits made of its base.
 *
 * What several messages would share none of them has: each has the form that is
 * made of what it alone has.  So what one message was called is never another's
 * name when that message has gone.
 */
#ifndef MAILBOXUNIQUE_H
#define MAILBOXUNIQUE_H

#include "mailboxuids.h"

/* Zeroed, but for the first two, which are borrowed. */
struct mailboxunique {
	const struct mailboxlist *list;
	const struct mailboxuids *uids;
	/* private */
	unsigned char *shared; /* that of the entry is */
	size_t n;	       /* entries that it was found out for */
};

/* The unique-id of an entry that was given its UID, written to "text", which is
 * returned. */
const char *mailboxunique_text(struct mailboxunique *q, size_t i,
    char text[MAILBOX_UNIQUE]);

/* Frees what it has. */
void mailboxunique_free(struct mailboxunique *q);

#endif
