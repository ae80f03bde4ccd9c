/* SPDX-License-Identifier: ISC */
/*
 * maildirbatch: many messages into one Maildir, which share their flushes.
 *
 * The steps are calls of their own, so that the caller can write down between
 * them what it is about to do, and after a crash tell what has become of it:
 *
 *	maildirbatch_open
 *	for each message: maildirbatch_begin, maildirbatch_write ...,
 *	    maildirbatch_end or maildirbatch_drop
 *	maildirbatch_sync	all are on the disk, in tmp/
 *				(the caller notes their names, durably)
 *	maildirbatch_keep	what was noted is left there from now on
 *	maildirbatch_deliver	all are in new/ or cur/, durably
 *	maildirbatch_close
 *
 * A name is SECONDS.MmicrosPpidRrunQcount.HOST,S=bytes,W=bytes-with-CRLF, and
 * that of a message with flags has ":2,FLAGS" behind it, and is in cur/; in
 * tmp/ it ends before the comma.  "run" is random, so that what a run left
 * behind is told from what others are writing.  Files have mode 0600.
 * Where that is faster (nest.h), a message has its name in tmp/ only when it is
 * whole, and while a batch is written there is a directory in tmp/.
 */
#ifndef MAILDIRBATCH_H
#define MAILDIRBATCH_H

#include <stdint.h>
#include <time.h>

#include "fail.h"
#include "maildir.h"
#include "slice.h"

struct maildirbatch;

enum {
	MAILDIRBATCH_RUN = 17, /* room for the random digits and a NUL */
	MAILDIRBATCH_PATH = MAILDIR_NAME + 64, /* the same for "tmp/" or
						  "new/", a name, flags */
};

/* New random digits: 0, or -1 with EX_TEMPFAIL. */
int maildirbatch_run(char run[MAILDIRBATCH_RUN], struct fail *f);

/* A batch for the Maildir "path", made where it is missing; both strings
 * outlive it.  NULL: EX_TEMPFAIL, EX_CANTCREAT. */
struct maildirbatch *maildirbatch_open(const char *path, const char *run,
    struct fail *f);

/* Begins a message: 0, or -1 with EX_TEMPFAIL. */
int maildirbatch_begin(struct maildirbatch *b, struct fail *f);

/* Adds bytes of it, with LF line ends: 0, or -1 with EX_TEMPFAIL, and
 * maildirbatch_drop is next. */
int maildirbatch_write(struct maildirbatch *b, struct slice bytes,
    struct fail *f);

/* Of the message that was begun, at any time before its end: its flags
 * (maildirname.h); none: it goes to new/.  And when it came, in seconds, which
 * is to be the time of its file. */
void maildirbatch_flags(struct maildirbatch *b, uint32_t flags);
void maildirbatch_date(struct maildirbatch *b, time_t when);

/* The message is whole; "crlf_size" is its size with CRLF line ends.  0, or -1
 * as maildirbatch_write. */
int maildirbatch_end(struct maildirbatch *b, uint64_t crlf_size,
    struct fail *f);

/* Gives up the message that was begun, or where none is, the last one that is
 * whole, for who needs the room that it takes. */
void maildirbatch_drop(struct maildirbatch *b);

/* How many messages are whole, the bytes of them, and the name of number "i",
 * from 0; valid until maildirbatch_close. */
size_t maildirbatch_count(const struct maildirbatch *b);
uint64_t maildirbatch_bytes(const struct maildirbatch *b);
const char *maildirbatch_name(const struct maildirbatch *b, size_t i);

/* Where a message of that name is: "new" or "cur". */
const char *maildirbatch_part(const char *name);

/* Begins maildirbatch_sync in a thread, where there is one to be had, so that
 * meanwhile another batch can be written.  Until maildirbatch_sync nothing else
 * is done with this one. */
void maildirbatch_sync_start(struct maildirbatch *b);

/*
 * Writes all to the disk: files and their names in tmp/.  By one syncfs(2)
 * where that tells of errors (Linux 5.8) and there are more than a few, which
 * writes what others have in that file system, too; else one by one.  0, or -1
 * with EX_TEMPFAIL: none of them can be relied on.
 */
int maildirbatch_sync(struct maildirbatch *b, struct fail *f);

/* From now on maildirbatch_close leaves in tmp/ what was not delivered: it was
 * noted, and maildirbatch_recover of the next run will find it. */
void maildirbatch_keep(struct maildirbatch *b);

/* Moves all to new/ and cur/, which are synced; a maildirsize file is kept
 * right.  0, or -1 with EX_TEMPFAIL: some may be there and others not. */
int maildirbatch_deliver(struct maildirbatch *b, struct fail *f);

/* Removes what was not delivered, unless it is to be kept, and frees.  *b may
 * be NULL, and becomes it. */
void maildirbatch_close(struct maildirbatch **b);

/*
 * After a crash: "names" are "n" that were noted for the Maildir "path".  Those
 * that are in tmp/ are delivered now, durably.  found[i] is 1 where it is in
 * new/ or, under flags, in cur/; 0 where it is nowhere.  1; 0: there is no such
 * Maildir; or -1 with EX_TEMPFAIL.
 */
struct maildirbatch_noted {
	const char *path;
	const char *const *names;
	size_t n;
	unsigned char *found;
};
int maildirbatch_recover(const struct maildirbatch_noted *noted,
    struct fail *f);

/* Removes what "run", which has ended, left in tmp/, after those were
 * recovered that it noted.  0, or -1 with EX_TEMPFAIL. */
int maildirbatch_sweep(const char *path, const char *run, struct fail *f);

/* For the files of this module.  "dir" is that of the Maildir; 0, or -1 with
 * errno. */

/* Where "base", the name of a message or the start of it, is in tmp/. */
const char *maildirbatch_tmp(char out[MAILDIRBATCH_PATH], const char *base);

/* What maildirbatch_sync does. */
int maildirbatch_flush(const struct maildirbatch *b, int dir);

/* Moves a message out of tmp/. */
int maildirbatch_move(int dir, const char *name);

#endif
