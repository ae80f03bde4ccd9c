/* SPDX-License-Identifier: ISC */
/*
 * uids: the messages that a command is for, by uid: sets (RFC 9051, 9:
 * sequence-set) that are arguments, or stand on standard input, one or more on
 * a line, in any number.  They come out as sets that fit in a command: what
 * follows one another made a range, less than 8 KiB (RFC 7162, 4).
 */
#ifndef UIDS_H
#define UIDS_H

#include "buf.h"
#include "fail.h"

struct uids;

/* Of "n" arguments, which outlive it, or of standard input where n is 0.  "all"
 * reads that to its end first, into a file without a name: for a session that
 * whoever writes there may need before us.  NULL: EX_USAGE (an argument that is
 * no set, with its text), EX_TEMPFAIL. */
struct uids *uids_open(char *const *args, size_t n, int all, struct fail *f);

/* The next set, of at most "most" messages where that is not 0 (MESSAGELIMIT;
 * a set with "*" stands alone, and is not counted), valid until the next call:
 * 1; 0 at the end; -1: EX_DATAERR (a line that is no set, with its number),
 * EX_IOERR. */
int uids_next(struct uids *u, uint32_t most, struct slice *set, struct fail *f);

void uids_close(struct uids **u);

/* What others use: */

/* 1 where "text" is a set in which each number is 1 up to 2^32 - 1 or "*". */
int uids_is_set(struct slice text);

/* The ranges of a set: the next one off the front of "set": 1, 0 at the end, -1
 * where it is none.  "*" is 0. */
struct uids_range {
	uint32_t first, last;
};
int uids_range(struct slice *set, struct uids_range *range);

#endif
