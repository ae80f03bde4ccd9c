/* SPDX-License-Identifier: ISC */
/*
 * popstate: what was fetched from a mailbox, in a file of lines that is only
 * added to (mailpipe-pop3(5)), by one process at a time.
 *
 * Messages are known by a key: text of printable ASCII that popstate_uid or
 * popstate_digest makes.
 */
#ifndef POPSTATE_H
#define POPSTATE_H

#include <stdint.h>

#include "buf.h"
#include "digest.h"
#include "fail.h"
#include "underway.h"

enum {
	POPSTATE_KEY = 3000,	  /* bytes of the longest: of 1000, encoded */
	POPSTATE_GONE = 2592000,  /* seconds that a message is remembered after
				     it is not on the server any more: 30 days,
				     so that a mailbox that looks empty for a
				     while does not make all of it come again */
};

struct popstate;

/* Put into "key" what a unique-id, of up to 1000 bytes, or the SHA-256 of a
 * message as it is stored stand as. */
void popstate_uid(struct buf *key, struct slice uid);
void popstate_digest(struct buf *key, const unsigned char sha[DIGEST_SHA256]);

/*
 * Opens the file "path", which outlives it and is made where it is not there,
 * with its directories; locks it, and reads it.  NULL: EX_TEMPFAIL (another run
 * has it; it cannot be read), EX_CANTCREAT, EX_CONFIG (it is another file).
 */
struct popstate *popstate_open(const char *path, struct fail *f);

/* Lines of the file that were no good, and tell nothing. */
size_t popstate_bad(const struct popstate *s);

/* What underway_recover does, before anything else. */
int popstate_recover(struct popstate *s, struct fail *f);

/* The runs and messages that are underway, for intake.h; of the state. */
struct underway *popstate_underway(struct popstate *s);

/* Was it fetched?  1, with the time in *when (or NULL), or 0. */
int popstate_find(const struct popstate *s, struct slice key, int64_t *when);

/* Was one of that key fetched, which had this mark? */
int popstate_is(const struct popstate *s, struct slice key, struct slice mark);

/* Is any known by its digest; by a unique-id, and was on the server last? */
int popstate_has_digests(const struct popstate *s);
int popstate_has_uids(const struct popstate *s);

/* The message is on the server now. */
void popstate_listed(struct popstate *s, struct slice key);

/*
 * Those that are, and are not, are all told of by popstate_listed: those known
 * by a unique-id, or where "digests" is set, those known by their digest.
 * Notes what has gone, and forgets what has been gone for POPSTATE_GONE.
 * Without "digests", which is not to be after underway_run, writes a new file
 * in the place of one of which much tells nothing any more.  0, or -1:
 * EX_TEMPFAIL, EX_IOERR, EX_CANTCREAT.
 */
int popstate_list_end(struct popstate *s, int digests, struct fail *f);

/* What follows is put in the file by popstate_write. */

/* It was fetched; "mark" is that of mark.h, or empty. */
void popstate_fetched(struct popstate *s, struct slice key, struct slice mark);

/* What statefile_write does. */
int popstate_write(struct popstate *s, int durably, struct fail *f);

/* Closes and frees; the lock is gone.  What was not written is forgotten. */
void popstate_close(struct popstate **s);

#endif
