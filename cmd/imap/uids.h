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

/*
 * Of "n" arguments, which outlive it, or of standard input where n is 0.  "all"
 * reads that to its end first, into a file without a name: for a session that
 * whoever writes there may need before us, and where nothing is to be done
 * unless every line is good.  NULL: EX_USAGE (an argument that is no set, with
 * its text; standard input is a terminal), EX_CANTCREAT, EX_TEMPFAIL, and with
 * "all" as uids_next.
 */
struct uids *uids_open(char *const *args, size_t n, int all, struct fail *f);

/* Are there none, so that no session is needed?  Known with "all" alone. */
int uids_empty(const struct uids *u);

/* Where the mailbox is selected: messages from its UIDNEXT on are not there, so
 * that a range ends before it ("7:*", too), and is not longer than it must be
 * for uids_next to count.  Where that is 0 nothing happens. */
void uids_before(struct uids *u, uint32_t uidnext);

/* Is there a "*" in it?  Of standard input without "all" it is not known. */
int uids_has_star(const struct uids *u);

/* Are they arguments without "*", and at most so many? */
int uids_are_few(const struct uids *u, uint64_t most);

/* Is each of those that were read so far named by itself, by none as a part of
 * a range?  In a set they may be one all the same. */
int uids_each_named(const struct uids *u);

/* What "*" is from now on, which changes with each new message on the server:
 * for commands of which each is to be about the same ones. */
void uids_last(struct uids *u, uint32_t last);

/* The next set, of at most "most" messages where that is not 0 (MESSAGELIMIT;
 * a set with "*" stands alone, also where uidset_add says n:* otherwise, and is
 * not counted), valid until the next call:
 * 1; 0 at the end; -1: EX_DATAERR (a line that is no set, with its number; what
 * came before it is not in any set that was not given yet), EX_IOERR. */
int uids_next(struct uids *u, uint32_t most, struct slice *set, struct fail *f);

void uids_close(struct uids **u);

#endif
