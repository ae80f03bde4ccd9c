/* SPDX-License-Identifier: ISC */
/*
 * packflow: text as format=flowed (RFC 3676), streaming.
 *
 * Each line of the input is a paragraph.  It is broken at spaces into lines of
 * at most 72 characters, and each such break ends in a space; a word that is
 * longer stays whole.  Spaces before a line end are dropped, except in the
 * signature line "-- ", which is never broken off or joined with another.
 * CRLF becomes LF.
 *
 * A line that begins with ">" is a quote, as deep as there are ">" with at most
 * one space between two; its own lines are as deep.  More than
 * PACKFLOW_DEPTH of them are text.  Other lines that begin with a space, ">"
 * or "From" get a space in front, which readers take off.
 */
#ifndef PACKFLOW_H
#define PACKFLOW_H

#include "fail.h"
#include "slice.h"

enum {
	PACKFLOW_LINE = 72,
	PACKFLOW_DEPTH = 40,
};

struct packflow {
	int (*put)(void *ctx, struct slice bytes, struct fail *f);
	void *ctx;

	/* The line of input: */
	int in_text;	   /* behind the marks of a quote */
	unsigned depth;	   /* how many marks */
	int mark_space;	   /* a space is behind the last one */
	int cr;		   /* one is held back */
	int broken;	   /* its first line is out */
	uint64_t spaces;   /* before "word" */
	char word[4 * PACKFLOW_LINE];
	size_t nword, width; /* its bytes and characters */
	int overlong;	   /* it does not fit, and is being passed on */

	/* The line of output: */
	int begun;
	size_t column; /* characters; bytes that begin none do not count */
	int dashes;    /* it is "--" so far */
	size_t n;
	char held[4096]; /* not yet put */
};

/* A new text; "put" gets it in pieces, with "ctx". */
void packflow_init(struct packflow *w,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx);

/* The next piece of input, of any size ("flow" is a struct packflow, for
 * input_each), and its end.  0, or -1: what "put" said. */
int packflow_put(void *flow, struct slice bytes, struct fail *f);
int packflow_end(struct packflow *w, struct fail *f);

#endif
