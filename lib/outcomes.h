/* SPDX-License-Identifier: ISC */
/* outcomes: what became of a message for each of its recipients, where one may
 * have it and another not (LMTP, RFC 2033, 4.2). */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include <stddef.h>

#include "fail.h"

/* Zeroed: no recipient. */
struct outcomes {
	struct outcome_place {
		size_t recipient, owner;
	} *places;
	size_t nplaces;
	size_t recipients;	/* accepted so far */
	struct fail *fails;	/* of each owner up to nfails; class 0: none */
	size_t nfails;
};

/* The recipient that is being added has a mailbox of the owner (an index). */
void outcomes_place(struct outcomes *o, size_t owner);

/* It is accepted. */
void outcomes_accept(struct outcomes *o);

/* Nothing was stored for the owner, and why. */
void outcomes_fail(struct outcomes *o, size_t owner, const struct fail *f);

/* What became of accepted recipient "i", 0 for the first: 0 where all its
 * mailboxes have the message; -1 with what outcomes_fail was told, or with
 * EX_SOFTWARE where there is no such recipient. */
int outcomes_get(const struct outcomes *o, size_t i, struct fail *f);

/* Forgets and frees everything. */
void outcomes_clear(struct outcomes *o);

#endif
