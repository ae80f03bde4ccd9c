/* SPDX-License-Identifier: ISC */
/*
 * maildirsize: the quota of a Maildir++, kept in the file "maildirsize" as
 * Courier, maildrop and Dovecot do (quota.h has its form).
 *
 * It is counted anew where it is not there, is no good or is for another
 * quota, is longer than 5120 bytes, or says that there is no room and is not
 * the fresh count of the last 15 minutes.  Our own processes keep out of each
 * other's way by flock(2) on the Maildir: no message is lost to a count, or
 * counted twice.  Others do not lock; a count during which the Maildir changes
 * is used but not written.  What cannot be written is no error: it is counted
 * the next time.
 */
#ifndef MAILDIRSIZE_H
#define MAILDIRSIZE_H

#include "fail.h"
#include "quota.h"

enum maildirsize_room {
	MAILDIRSIZE_FAILED = -1, /* EX_TEMPFAIL: it cannot be counted */
	MAILDIRSIZE_ROOM = 0,
	MAILDIRSIZE_FULL = 1,
};

/* Is there room for a message of "bytes" in "maildir", which need not be there
 * yet? */
enum maildirsize_room maildirsize_check(const char *maildir,
    const struct quota *q, uint64_t bytes, struct fail *f);

/* Before a message is delivered: keeps counts out until maildirsize_added.
 * What that is given, or -1. */
int maildirsize_begin(const char *maildir);

/* The same before messages are removed, for the Maildir "dir". */
int maildirsize_begin_in(int dir);

/* After it: adds the line of "messages" (which may be 0) with "bytes". */
void maildirsize_added(int begun, uint64_t bytes, unsigned messages);

/* After it: adds the line of "messages" with "bytes" that have gone. */
void maildirsize_removed(int begun, uint64_t bytes, uint64_t messages);

#endif
