/* SPDX-License-Identifier: ISC */
/* numbers: a list of recipients of a message, "1,4-9", ascending. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "slice.h"

struct numbers { /* a copy goes over them again */
	struct slice rest; /* of the text, which is borrowed */
	size_t next, last; /* of the range in hand; next > last: none is */
};

/* Starts with a list, each of whose numbers is 1 up to LIMIT_SPOOL_RECIPIENTS,
 * and is greater than the one before it: 0, or -1 where it is none. */
int numbers_start(struct numbers *n, struct slice text);

/* Starts with all from 1 to "last". */
void numbers_all(struct numbers *n, size_t last);

/* The next one: 1, or 0 at the end. */
int numbers_next(struct numbers *n, size_t *number);

#endif
