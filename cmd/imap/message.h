/* SPDX-License-Identifier: ISC */
/* message: what FETCH, or UIDFETCH (RFC 9586), tells of one message. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <time.h>

#include "imap.h"

enum { /* what was told */
	MESSAGE_UID = 1,
	MESSAGE_FLAGS = 2,
	MESSAGE_DATE = 4,
	MESSAGE_SIZE = 8,
	MESSAGE_MODSEQ = 16,
};

struct message { /* zeroed with .flags = BUF(LIMIT_IMAP_TOKEN) */
	unsigned has;
	uint32_t number; /* 0 of UIDFETCH */
	uint32_t uid;
	struct buf flags; /* words, as they came: \Seen $Junk */
	time_t date;	  /* INTERNALDATE */
	int zone;	  /* its minutes east of UTC */
	uint64_t size;	  /* RFC822.SIZE */
	uint64_t modseq;
};

/*
 * Reads the response that imap_next gave, in place of what was there.  Items
 * that are not among the above go to "item" (or NULL) with "ctx", in the order
 * in which they come, which may be before the uid: the name in upper case, as
 * "BODY[HEADER]" or "ENVELOPE", and the value next in "t".  It reads the whole
 * value and says 1, reads nothing of it and says 0, or fails: -1 with "f".
 * 0; -1: as "item", or i->dead with EX_PROTOCOL or as imap_next.
 */
int message_read(struct imap *i, const struct imap_response *r,
    struct message *m,
    int (*item)(void *ctx, struct slice name, struct tokens *t, struct fail *f),
    void *ctx, struct fail *f);

#endif
