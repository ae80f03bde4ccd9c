/* SPDX-License-Identifier: ISC */
/*
 * unmboxrd: the messages of a text of the form mboxrd, as events over a stream,
 * of any size, in constant memory.  The other way round it is mboxrd.h.
 *
 * A message begins behind each line "From " that has a date, or nothing but its
 * end (Thunderbird).  The empty line behind it is no part of it, and of a line
 * that is "From " behind any number of ">" one ">" is none.  Lines end in LF or
 * CRLF, and no other byte is changed.
 *
 * The writer quotes each line "From " of a message.  So one without a date that
 * is not quoted tells that this is some other mbox, in which a message could be
 * changed by what is done here: that is an event of its own.
 */
#ifndef UNMBOXRD_H
#define UNMBOXRD_H

#include <time.h>

#include "slice.h"

enum {
	UNMBOXRD_LINE = 1000, /* bytes of a line "From " */
};

struct unmboxrd { /* zeroed */
	int begun;	/* a message has */
	int dated;	/* it has a date: */
	time_t date;
	/* Its own: */
	int inside;	/* of a line that needs no look */
	unsigned empty;	/* bytes of an empty line before this one, */
	int cr;		/* a CR at the start of this one, */
	int quote;	/* a ">" there, */
	unsigned from;	/* and bytes of "From ", all held back */
	size_t n;	/* bytes of "line" */
	char line[UNMBOXRD_LINE];
};

enum unmboxrd_event {
	UNMBOXRD_MORE,	/* all of "in" was taken */
	UNMBOXRD_BEGIN, /* a message begins; the one before was whole */
	UNMBOXRD_TEXT,	/* bytes of it */
	UNMBOXRD_WRONG, /* this is no mboxrd: it does not begin with a line
			   "From " (m->begun is 0), and there is no use in
			   another call; or the message has one in its text,
			   not quoted, which therefore cannot be relied on */
};

/* Takes bytes off the front of "in" up to the next event.  How the text is cut
 * makes no difference, but for where the bytes of a message are.  "text" is
 * valid until the next call, and as long as "in". */
enum unmboxrd_event unmboxrd_next(struct unmboxrd *m, struct slice *in,
    struct slice *text);

/* At the end of it: 0 where the last message was whole, or there is none; -1
 * where it has no empty line behind it: the text was cut off. */
int unmboxrd_end(const struct unmboxrd *m);

#endif
