/* SPDX-License-Identifier: ISC */
/* trash: the mailbox for what is thrown away. */
#ifndef TRASH_H
#define TRASH_H

#include "imap.h"

/*
 * Adds the name of the mailbox whose special use is \Trash (RFC 6154); where
 * the server tells of none, of that which is called Trash, Deleted Items or
 * Deleted Messages, the first of these, in any case of letters, at the top or
 * in INBOX.  0; -1 with EX_UNAVAILABLE where there is none, or "f" of the
 * engine.
 */
int trash_find(struct imap *i, struct buf *name, struct fail *f);

#endif
