/* SPDX-License-Identifier: ISC */
/*
 * mboxrd: several messages as one text: a line "From " before each, an empty
 * one behind it, and a ">" put before every line of a message that is "From "
 * behind any number of ">" (the form of mbox that can be read back exactly, but
 * for a last line without its end).
 */
#ifndef MBOXRD_H
#define MBOXRD_H

#include <time.h>

#include "output.h"

struct mboxrd { /* zeroed */
	struct output *out;
	int inside;	/* of a line that needs nothing more */
	unsigned from;	/* bytes of "From " at the start of a line, held back */
	int last;	/* byte that came; '\n' where none did */
};

/* Begins a message that came at "when". */
void mboxrd_begin(struct mboxrd *m, time_t when);

/* Adds bytes of it, with LF line ends, cut anywhere. */
void mboxrd_put(struct mboxrd *m, struct slice bytes);

/* Ends it. */
void mboxrd_end(struct mboxrd *m);

#endif
