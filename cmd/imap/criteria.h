/* SPDX-License-Identifier: ISC */
/*
 * criteria: what imap-find looks for, from the words of its command line to the
 * search keys of IMAP (RFC 9051, 6.4.4).
 *
 *	either  = both *("or" both)
 *	both    = one *(["and"] one)
 *	one     = "not" one | "(" either ")" | criterion
 *
 * Nothing recurses: "(" within one another are counted, up to CRITERIA_DEPTH,
 * and of many "or" a tree is made that is as flat as can be, as servers
 * recurse.
 */
#ifndef CRITERIA_H
#define CRITERIA_H

#include <time.h>

#include "fail.h"
#include "mem.h"

enum { CRITERIA_DEPTH = 50 };

struct criteria_piece; /* its own */

struct criteria { /* zeroed, but "now" */
	time_t now;	  /* of "newer" and "older" */
	int eightbit;	  /* some text is not ASCII: CHARSET UTF-8 has to be
			     said, unless UTF-8 is what is spoken */
	/* Its own: */
	struct criteria_piece *piece;
	size_t n, room;
	struct arena arena;
};

/* Reads "n" words, which outlive it; all messages where n is 0.  0, or -1 with
 * EX_USAGE: the word that is wrong, and what is expected. */
int criteria_read(struct criteria *c, char *const *words, size_t n,
    struct fail *f);

/* Gives the search keys, piece by piece, to "add": our own words, with the
 * spaces that belong between all pieces, one before the first, and where "text"
 * is 1 texts of the user's, which are to be said as strings. */
void criteria_each(const struct criteria *c,
    void (*add)(void *ctx, struct slice piece, int text), void *ctx);

void criteria_free(struct criteria *c);

/* For criterion.c: adds a word of ours, or a text of the user's; both outlive
 * "c" or are in its arena. */
void criteria_add_word(struct criteria *c, struct slice word);
void criteria_add_text(struct criteria *c, struct slice text);

#endif
