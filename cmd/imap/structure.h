/* SPDX-License-Identifier: ISC */
/*
 * structure: the parts of a message, one in another, numbered as in BODY[2.1]
 * (RFC 9051, 6.4.5.1), and as mime-ls does.  bodystructure.h reads them.
 */
#ifndef STRUCTURE_H
#define STRUCTURE_H

#include "fail.h"
#include "mem.h"

enum {
	STRUCTURE_BYTES = 16777216, /* of all texts of a message */
};

struct structure_part {
	struct slice number; /* empty: a multipart that is all of a message */
	struct slice type;   /* "text/plain", in lower case */
	struct slice field;  /* that with its parameters, for param.h */
	struct slice disposition; /* the same; empty: none */
	struct slice encoding;	  /* in lower case; empty: not told */
	uint64_t size;		  /* octets as it is encoded, */
	int sized;		  /* where they were told */
	int multipart;
	unsigned place; /* among those beside it, from 1 */
	unsigned depth; /* from 1 */
	struct structure_part *up, *first, *last, *next;
	int state; /* of who reads it */
};

struct structure { /* zeroed */
	struct structure_part *root; /* NULL: nothing was read */
	size_t n;		     /* parts */
	struct arena arena;
	size_t bytes; /* its own */
};

/* Another part, zeroed, the last of those in "up", or where that is NULL the
 * root; it lives as long as "s".  NULL: EX_DATAERR: more than LIMIT_MIME_PARTS
 * parts, or LIMIT_MIME_DEPTH levels of them. */
struct structure_part *structure_add(struct structure *s,
    struct structure_part *up, struct fail *f);

/* Sets "kept" to a copy of "text" that lives as long as "s": 0; -1: EX_DATAERR:
 * all of them are more than STRUCTURE_BYTES. */
int structure_keep(struct structure *s, struct slice text, struct slice *kept,
    struct fail *f);

/* Numbers the parts, all of which are there: those that are all of a message
 * and multiparts have no number. */
void structure_number(struct structure *s);

/* The part of that number, or NULL. */
const struct structure_part *structure_find(const struct structure *s,
    struct slice number);

/* The next one in the order of their numbers, from s->root on, or NULL. */
const struct structure_part *structure_next(const struct structure_part *part);

void structure_free(struct structure *s);

#endif
