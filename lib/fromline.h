/* SPDX-License-Identifier: ISC */
/* fromline: the line "From " with which an mbox begins each message, and which
 * is no part of it. */
#ifndef FROMLINE_H
#define FROMLINE_H

#include <time.h>

#include "slice.h"

/*
 * How many bytes at the start of the message "text" are such lines, with their
 * ends; the last one may have none.  Several may stand there, and ">From " like
 * them: formail(1) and others write one line more each time that the message
 * goes through an mbox.
 */
size_t fromline_length(struct slice text);

/*
 * The date of such a line, of which "rest" is what stands behind "From ",
 * without LF: asctime(3)'s at its end, as all write it, with the zone that some
 * put before or behind the year, else UTC's (mboxrd.h).  1 with *when; 0 where
 * nothing stands there, and -1 where no date does, with *when untouched.
 */
int fromline_date(struct slice rest, time_t *when);

#endif
