/* SPDX-License-Identifier: ISC */
/* packaddr: an address field as it is written (RFC 5322, 3.4). */
#ifndef PACKADDR_H
#define PACKADDR_H

#include "addr.h"

struct packaddr {
	const char *field; /* its name, for sentences; borrowed */
	struct buf value;  /* the mailboxes so far, ASCII, on one line */
	struct buf first;  /* the first one, without its display name */
	size_t n;	   /* how many */
};

struct packaddr packaddr_new(const char *field);

/*
 * Adds the mailboxes of "text", an address-list in UTF-8: names that are not
 * ASCII as encoded-words, others quoted where they need it.  0, or -1 with
 * EX_DATAERR: CR, LF or NUL in the text or in a decoded name, an element that
 * is no address, or more than a field may hold.
 */
int packaddr_add(struct packaddr *a, struct slice text, struct fail *f);

void packaddr_free(struct packaddr *a);

#endif
