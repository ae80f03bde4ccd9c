/* SPDX-License-Identifier: ISC */
/* feed: gives the bytes of "in" to tokens or a lexeme in pieces of "piece",
 * each from memory of its own that is gone with the next one, as a connection's
 * may be. */
#ifndef FEED_H
#define FEED_H

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "slice.h"

struct feed {
	struct slice in;
	size_t piece;
	size_t used;
	char *memory;
};

static int
feed_more(void *ctx, struct slice *bytes, struct fail *f)
{
	struct feed *feed = ctx;
	struct slice s = slice_sub(feed->in, feed->used,
	    feed->used + feed->piece);

	free(feed->memory);
	if ((feed->memory = malloc(s.n == 0 ? 1 : s.n)) == NULL)
		abort();
	if (s.n > 0)
		memcpy(feed->memory, s.p, s.n);
	*bytes = (struct slice){ feed->memory, s.n };
	return s.n > 0 ? 0 : fail_set(f, EX_TEMPFAIL, "the end");
}

static void
feed_used(void *ctx, size_t n)
{
	struct feed *feed = ctx;

	feed->used += n;
	if (feed->used > feed->in.n)
		abort();
}

static void
feed_free(struct feed *feed)
{
	free(feed->memory);
	feed->memory = NULL;
}

#endif
