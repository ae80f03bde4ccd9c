/* SPDX-License-Identifier: ISC */
/*
 * verb: the table of commands that every line-based server has, and the way
 * from a line to its handler.
 */
#ifndef VERB_H
#define VERB_H

#include "slice.h"

enum verb_arity {
	VERB_NONE,  /* an argument is an error */
	VERB_MAY,   /* with or without */
	VERB_MUST,  /* an argument is needed */
};

struct verb {
	const char *name;     /* upper case; matched in any case */
	unsigned states;      /* a bit for each state it is allowed in */
	enum verb_arity arity;
	int secret;	      /* the argument must not be logged or traced */
	/* "arg" is what stands behind the name and one space, as sent. */
	void (*handler)(void *ctx, struct slice arg);
};

enum verb_result {
	VERB_FOUND,
	VERB_UNKNOWN,	/* no such verb: 500 in SMTP */
	VERB_STATE,	/* not now: 503 */
	VERB_ARGUMENT,	/* too many or too few: 501 */
};

/*
 * Finds the verb that "line" begins with among the "n" of "table".  In all
 * cases but VERB_UNKNOWN sets *found and *arg, which borrows from "line" and
 * has no spaces at its end.
 */
enum verb_result verb_match(const struct verb *table, size_t n, unsigned state,
    struct slice line, const struct verb **found, struct slice *arg);

/* 1 where the line is the first of a request by HTTP: a browser, or somebody
 * who makes one talk to us.  Else 0. */
int verb_is_http(struct slice line);

#endif
