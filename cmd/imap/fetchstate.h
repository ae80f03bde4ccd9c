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
#include "underway.h"

struct fetchstate;

/*
 * Opens the file "path", which outlives it; makes it where it is not there;
 * locks it, and reads it.  NULL: EX_TEMPFAIL (another run has it; it cannot be
 * read), EX_CANTCREAT, EX_CONFIG (it is another file).
 */
struct fetchstate *fetchstate_open(const char *path, struct fail *f);

/* Lines of the file that were no good, and tell nothing. */
size_t fetchstate_bad(const struct fetchstate *s);

/* What underway_recover does, before anything else; and a file most of which
 * tells nothing any more is written anew. */
int fetchstate_recover(struct fetchstate *s, struct fail *f);

/* The runs and messages that are underway, for intake.h; of the state.  The
 * keys of messages; valid until the next call. */
struct underway *fetchstate_underway(struct fetchstate *s);
struct slice fetchstate_key(struct fetchstate *s, uint32_t uid);

/* What follows is about messages under this UIDVALIDITY: 0; -1 with
 * EX_UNAVAILABLE where it is 0. */
int fetchstate_select(struct fetchstate *s, uint32_t validity, struct fail *f);

/* Is something known, but of another UIDVALIDITY alone? */
int fetchstate_is_new(const struct fetchstate *s);

/* Those that were fetched. */
const struct ranges *fetchstate_known(const struct fetchstate *s);

/* They were fetched, which fetchstate_write puts in the file. */
void fetchstate_fetched(struct fetchstate *s, const struct ranges *uids);

/* What statefile_write does, durably. */
int fetchstate_write(struct fetchstate *s, struct fail *f);

/* Closes and frees; the lock is gone. */
void fetchstate_close(struct fetchstate **s);

#endif
