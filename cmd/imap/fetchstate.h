/* SPDX-License-Identifier: ISC */
/*
 * fetchstate: which messages of a mailbox were fetched into a Maildir, in a
 * file of lines that is only added to (mailpipe-imap(5)), by one process at a
 * time.
 *
 * They are known by their uids, under each UIDVALIDITY that the mailbox had: of
 * a mailbox that has a new one all of them are unknown.
 */
#ifndef FETCHSTATE_H
#define FETCHSTATE_H

#include "fail.h"
#include "ranges.h"

struct fetchstate;

/*
 * Opens the file "path", which is in the Maildir "maildir", and outlives it as
 * that does; makes it where it is not there; locks it, and reads it.  NULL:
 * EX_TEMPFAIL (another run has it; it cannot be read), EX_CANTCREAT, EX_CONFIG
 * (it is another file).
 */
struct fetchstate *fetchstate_open(const char *path, const char *maildir,
    struct fail *f);

/* Lines of the file that were no good, and tell nothing. */
size_t fetchstate_bad(const struct fetchstate *s);

/*
 * Finds out what became of messages that were on their way into the Maildir
 * when an earlier run was killed, and delivers those that are whole.  One that
 * is nowhere was delivered and moved on, if it was written in the last day and
 * since the machine was started; else it will be fetched again.  A file most of
 * which tells nothing any more is written anew.  0, or -1 with EX_TEMPFAIL.
 */
int fetchstate_recover(struct fetchstate *s, struct fail *f);

/* What follows is about messages under this UIDVALIDITY: 0; -1 with
 * EX_UNAVAILABLE where it is 0. */
int fetchstate_select(struct fetchstate *s, uint32_t validity, struct fail *f);

/* Is something known, but of another UIDVALIDITY alone? */
int fetchstate_is_new(const struct fetchstate *s);

/* Those that were fetched. */
const struct ranges *fetchstate_known(const struct fetchstate *s);

/* What follows is put in the file by fetchstate_write. */

/* Messages will be written into the Maildir with the digits "run" in their
 * names (maildirbatch.h); and now none are in its tmp/ any more. */
void fetchstate_run(struct fetchstate *s, const char *run);
void fetchstate_done(struct fetchstate *s, const char *run);

/* It is in tmp/, and about to be "name". */
void fetchstate_pending(struct fetchstate *s, uint32_t uid, const char *name);

/* They were fetched. */
void fetchstate_fetched(struct fetchstate *s, const struct ranges *uids);

/* Adds it to the file, all by one write; with "durably" it is on the disk then.
 * 0; -1 with EX_TEMPFAIL or EX_IOERR: then nothing of it is in the file, unless
 * fetchstate_unsure, and what was fetched by it is to be forgotten. */
int fetchstate_write(struct fetchstate *s, int durably, struct fail *f);
int fetchstate_unsure(const struct fetchstate *s);

/* Closes and frees; the lock is gone. */
void fetchstate_close(struct fetchstate **s);

#endif
