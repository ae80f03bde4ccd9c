/* SPDX-License-Identifier: ISC */
/* lastline: the last line of what a program says on standard error, which is
 * its reason where it fails. */
#ifndef LASTLINE_H
#define LASTLINE_H

#include "slice.h"

enum { LASTLINE = 512 }; /* room for one, with a NUL; the rest is dropped */

struct lastline { /* zeroed: it has said nothing */
	char text[LASTLINE]; /* as it came, but for NUL and CR; or "" */
	char line[LASTLINE]; /* that is not at its end yet */
	size_t n;	     /* bytes of that */
};

/* Takes what it says, in pieces.  A line without text says nothing. */
void lastline_take(struct lastline *l, struct slice bytes);

/* It says no more: what has no end is a line, too. */
void lastline_end(struct lastline *l);

#endif
