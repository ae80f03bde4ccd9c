/* SPDX-License-Identifier: ISC */
/*
 * underway: what was on its way into Maildirs, as a state file has it
 * (mailpipe-pop3(5)): runs that wrote there, and messages that they were about
 * to deliver; and what became of them after a crash.
 *
 * Messages are known by keys of the owner's: text of printable ASCII and TAB.
 */
#ifndef UNDERWAY_H
#define UNDERWAY_H

#include "fail.h"
#include "mem.h"
#include "statefile.h"

enum {
	UNDERWAY_BOOT = 64,	/* room for what tells starts of the machine */
	UNDERWAY_MOVED = 86400, /* seconds: see underway_recover */
};

struct underway { /* zeroed but for what the caller sets */
	struct statefile *file;
	void *ctx; /* of what follows */
	/* Was that one fetched?  1, 0, or -1: it is no key. */
	int (*known)(void *ctx, struct slice key);
	/* It was: the owner remembers it, and puts it in the file. */
	void (*fetched)(void *ctx, struct slice key);
	/* Its own: */
	struct underway_run *run;
	size_t nruns;
	struct underway_pending *pending;
	size_t npending;
	struct arena arena;
	char boot[UNDERWAY_BOOT];
};

/* Before the first line, or the first run: */
void underway_start(struct underway *u);

/* A line of the file: 1; 0 where its word is none of those here; -1: it is no
 * good. */
int underway_take(struct underway *u, const struct statefile_line *line);

/*
 * Finds out what became of messages that were on their way when an earlier run
 * was killed, and delivers those that are whole; and removes from tmp/ what
 * runs left there that are not done.  A message that is nowhere was delivered
 * and moved on, if it was noted in the last UNDERWAY_MOVED seconds and since
 * the machine was started, and its Maildir is there; else it is not known, and
 * will be fetched again.  0, or -1 with EX_TEMPFAIL.
 */
int underway_recover(struct underway *u, struct fail *f);

/* What follows is put in the queue of the file. */

/* Messages will be written into the Maildir "path", which is absolute, or "."
 * where the file is in that Maildir, with the digits "run" in their names
 * (maildirbatch.h); and now none are in its tmp/ any more. */
void underway_run(struct underway *u, const char *run, const char *path);
void underway_done(struct underway *u, const char *run);

/* It is in tmp/ of that Maildir, and about to be "name". */
void underway_pending(struct underway *u, struct slice key, const char *name);

/* Those that are not done, again, for a new file. */
void underway_again(struct underway *u);

void underway_free(struct underway *u);

#endif
