/* SPDX-License-Identifier: ISC */
/*
 * tlscache: where a client keeps TLS sessions for the next call: a file for
 * each in $XDG_CACHE_HOME/mailpipe, else ~/.cache/mailpipe, mode 600.
 *
 * It is only a cache.  What cannot be read, or written, is not there; a file
 * that is not ours alone is not read; all of it can be deleted at any time.
 */
#ifndef TLSCACHE_H
#define TLSCACHE_H

#include "buf.h"

enum {
	TLSCACHE_MAX = 65536, /* bytes of a session */
};

/* Adds the session "name" (a file name) to "out", whose maximum is at least
 * TLSCACHE_MAX: 0, or -1 where there is none. */
int tlscache_load(const char *name, struct buf *out);

/* Keeps it, in place of the one that was there: whoever reads sees the one or
 * the other. */
void tlscache_save(const char *name, struct slice session);

#endif
