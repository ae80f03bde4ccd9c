/* SPDX-License-Identifier: ISC */
/* acting: to do something with messages of the queue that nobody else works
 * on. */
#ifndef ACTING_H
#define ACTING_H

#include "output.h"
#include "pattern.h"

struct acting {
	unsigned states;   /* a set of 1 << state */
	const char *none;  /* why an id may be of no message */
	const char *unused; /* why another pattern may mean none */
	/*
	 * Does it to the message, whose file is locked and read; where it is no
	 * message, "m" has no recipients and "damaged" is set.  The word for
	 * what was done; "" where nothing was to do; NULL with "f".
	 */
	const char *(*act)(void *ctx, const struct spool *s,
	    const struct spool_name *name, struct spoolfile *m, int damaged,
	    struct fail *f);
	void *ctx;
	const char *conf; /* -f */
	struct spool spool;
	struct patterns patterns;
	size_t found;
};

/*
 * Does it to every message that is meant by the arguments from optind on, of
 * which there has to be one, and writes "ID TAB word" for each to "out"; in the
 * end all is synced.  A message that a delivery has locked is waited for,
 * ACTING_WAIT milliseconds at most.  The status of the command: 1 where an
 * argument means none, 75 where one is locked.  Sentences are written.  What
 * looks like an option behind the first argument ends the command with 64,
 * before anything is done, unless a "--" is in front of all.
 */
enum { ACTING_WAIT = 2000 };
int acting_run(struct acting *a, int argc, char *const argv[],
    struct output *out);

#endif
