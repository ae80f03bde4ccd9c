/* SPDX-License-Identifier: ISC */
/*
 * maildir: durable delivery into Maildirs.
 *
 * A message is written to a file in tmp/ (without a name there where the file
 * system can, so that not even a crash leaves one), synced, linked or renamed
 * into new/, and new/ is synced; only then is it delivered.  A reader sees all
 * of it or nothing.  Its name is
 * SECONDS.MmicrosPpidQcount.HOST,S=bytes,W=bytes-with-CRLF, as Dovecot and
 * maildrop read it.  Files have LF line ends and mode 0600.
 *
 * A directory that is missing is made (0700), but not the one above it.
 */
#ifndef MAILDIR_H
#define MAILDIR_H

#include "fail.h"
#include "slice.h"

/* A delivery under way. */
struct maildir;

enum {
	MAILDIR_NAME = 256, /* room for a file name with its NUL */
};

/* Begins a delivery into the Maildir "path", which must outlive it.  NULL with
 * EX_TEMPFAIL; f->error is the errno (ENOSPC, EDQUOT: no room). */
struct maildir *maildir_begin(const char *path, struct fail *f);

/* The id of the delivery, the part of its file name before the host; valid
 * as long as the delivery. */
const char *maildir_id(const struct maildir *m);

/* Adds bytes of the message.  Errors stick and are told by maildir_commit. */
void maildir_write(struct maildir *m, struct slice s);

/* The bytes written so far. */
uint64_t maildir_size(const struct maildir *m);

/* Writes all that there is to the disk, where it has no name yet, for who has
 * something to do before maildir_commit that must not be done for nothing.  0,
 * or -1 with EX_TEMPFAIL. */
int maildir_sync(struct maildir *m, struct fail *f);

/*
 * Delivers: into the Maildir of maildir_begin and, as links to the same file
 * (copies on another file system), into the "nothers" of "others".  One file,
 * synced once.  0 where all have it, durably.  -1 with EX_TEMPFAIL where one
 * has not: then nothing is left in any tmp/; a Maildir that had it already
 * when a later one failed keeps it, so that trying again may repeat but never
 * lose the message.  In both cases *m is freed and NULL.
 */
int maildir_commit(struct maildir **m, const char *const *others,
    size_t nothers, struct fail *f);

/* Gives the delivery up: nothing is left.  *m is freed and NULL. */
void maildir_abort(struct maildir **m);

#endif
