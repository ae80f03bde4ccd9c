/* SPDX-License-Identifier: ISC */
/*
 * structure: the parts of a message, as a server tells them (BODYSTRUCTURE: RFC
 * 9051, 7.5.2), numbered as in BODY[2.1], and as mime-ls does.
 *
 * Nothing recurses.  Liberal where real servers are: NIL or nothing where a
 * string belongs, a negative number of lines, a multipart without parts or
 * boundary, a message without an envelope, fields that nobody knows.
 */
#ifndef STRUCTURE_H
#define STRUCTURE_H

#include "mem.h"
#include "token.h"

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
	struct structure_part *up, *first, *last, *next;
	int state; /* its own */
};

struct structure { /* zeroed */
	struct structure_part *root; /* NULL: nothing was read */
	size_t n;		     /* parts */
	struct arena arena;
	size_t depth, bytes; /* its own */
};

/* Reads the value, in place of what was read before.  0; -1: EX_PROTOCOL: it is
 * none; EX_DATAERR: more than LIMIT_MIME_PARTS parts, LIMIT_MIME_DEPTH levels
 * of them, or 16 MiB: the rest of the value is not read. */
int structure_read(struct structure *s, struct tokens *t, struct fail *f);

/* The part of that number, or NULL. */
const struct structure_part *structure_find(const struct structure *s,
    struct slice number);

/* The next one in the order of their numbers, from s->root on, or NULL. */
const struct structure_part *structure_next(const struct structure_part *part);

void structure_free(struct structure *s);

#endif
