/* SPDX-License-Identifier: ISC */
/* numbers: a list of recipients of a message, as a transport of the queue is
 * told of them (mailpipe-queue(5)): "1,4-9", ascending. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "buf.h"

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

/* Adds "number", which is greater than those that are there, to a list; *last
 * is the last one of them, 0 at the start.  0, or -1 where the maximum is
 * passed, and nothing was added. */
int numbers_add(struct buf *list, size_t *last, size_t number);

/* 1 where "number" is in the list. */
int numbers_has(struct slice list, size_t number);

#endif
