/* SPDX-License-Identifier: ISC */
/* criterion: one criterion of a search, such as "from" or "larger", and what
 * its values become in SEARCH (RFC 9051, 6.4.4); for criteria.c. */
#ifndef CRITERION_H
#define CRITERION_H

#include "criteria.h"

struct criterion;

struct criterion_words { /* of the command line */
	struct criteria *c;
	char *const *word; /* the next one */
	size_t n;	   /* left */
};

/* The one of that name, in any case of letters; NULL: there is none. */
const struct criterion *criterion_find(struct slice word);

/* Adds it to w->c, with the values that stand next: 0; -1 with EX_USAGE. */
int criterion_add(const struct criterion *k, struct criterion_words *w,
    struct fail *f);

#endif
