/* SPDX-License-Identifier: ISC */
/*
 * listing: the messages of a mailbox: their numbers, sizes and unique-ids (LIST
 * and UIDL of RFC 1939), as far as what the server says can be believed.
 *
 * Numbers are 1 to LISTING_MESSAGES, none twice.  A unique-id has 1 to
 * LISTING_UID bytes of anything but control characters, DEL and space: RFC 1939
 * says 70 of printable ASCII, and there are servers that send others.  What it
 * is not is fit for a path or a terminal.
 */
#ifndef LISTING_H
#define LISTING_H

#include "mem.h"
#include "pop.h"

enum {
	LISTING_MESSAGES = 1000000,
	LISTING_UID = 1000,
	LISTING_BYTES = 134217728, /* of all unique-ids: 70 for each, twice */
};

struct listing_message {
	uint32_t number;  /* for RETR, TOP and DELE */
	int unique;	  /* it has a unique-id, and no other has the same */
	uint64_t size;	  /* octets, as the server says */
	struct slice uid; /* empty: none, or one that is no good; a NUL stands
			     behind it */
};

struct listing { /* zeroed */
	struct listing_message *message; /* in the order of their numbers */
	size_t n;
	size_t doubtful;  /* messages that are not "unique" */
	struct fail why;  /* the first of the reasons for that; class 0: none
			     is doubtful.  EX_UNAVAILABLE: the server has no
			     UIDL, or gives the same one twice, as it may
			     (RFC 1939, 7); EX_PROTOCOL: it does what it must
			     not */
	/* Its own: */
	struct listing_message **by_uid; /* those with one, sorted */
	size_t nuids;
	struct arena arena;
};

enum { /* what is asked for */
	LISTING_UIDS = 1, /* UIDL as well as LIST */
};

/*
 * Asks, in one go where the server pipelines.  0; -1, and p->dead: as pop_reply
 * for LIST, EX_PROTOCOL also for a line that is no number and size, a number
 * twice, more than LISTING_MESSAGES or LISTING_BYTES.  What is wrong with
 * unique-ids alone is no failure: a server that has no UIDL, a message without
 * one, one that is no good, the same one twice, one for a number that LIST does
 * not have (ignored): l->doubtful, l->why.  -ERR to UIDL with EX_TEMPFAIL is
 * -1, as they are there, but not now.  listing_free in any case.
 */
int listing_get(struct listing *l, struct pop *p, unsigned what,
    struct fail *f);

/* The message with that unique-id, the first where several have it; NULL: there
 * is none. */
const struct listing_message *listing_find(const struct listing *l,
    struct slice uid);

void listing_free(struct listing *l);

#endif
