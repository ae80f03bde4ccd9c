/* SPDX-License-Identifier: ISC */
/*
 * listing: lines for many messages of the queue, in their order.
 *
 * What costs is the opening of so many files, so several threads do that, each
 * for some hundred of them in turn; memory is that of a few such pieces.
 */
#ifndef LISTING_H
#define LISTING_H

#include "names.h"
#include "output.h"

struct listing {
	const struct spool *spool;
	const struct patterns *patterns;
	const struct names *names;
	/* Adds what is to be said of a message that is meant to "out": 0, or
	 * -1.  Threads call it. */
	int (*show)(void *ctx, const struct spool_name *name,
	    const struct spoolfile *m, struct buf *out, struct fail *f);
	void *ctx;
	/* Called in order, by the caller's thread. */
	void (*failed)(const struct fail *f);
	size_t found; /* messages that are meant */
	int status;   /* of those that could not be read; 0 */
};

/* Writes the lines to "out". */
void listing_run(struct listing *l, struct output *out);

#endif
