/* SPDX-License-Identifier: ISC */
/* smtplimits: what a server says in answer to EHLO about how much it takes:
 * LIMITS (RFC 9422) and FUTURERELEASE (RFC 4865). */
#ifndef SMTPLIMITS_H
#define SMTPLIMITS_H

#include "slice.h"

struct smtplimits { /* zeroed: nothing was said */
	uint64_t messages;   /* of a session (MAILMAX); 0: not said */
	uint64_t recipients; /* of a message (RCPTMAX); 0: not said */
	uint64_t domains;    /* of its recipients (RCPTDOMAINMAX) */
	int release;	     /* it holds messages: */
	uint64_t hold_for;   /* seconds, at most */
	int64_t hold_until;  /* seconds since 1970, at most */
};

/* Reads what stands behind one of these keywords.  What is none of theirs, or
 * no number above 0 that a limit can have, counts as not said. */
void smtplimits_learn(struct smtplimits *l, struct slice keyword,
    struct slice values);

#endif
