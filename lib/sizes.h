/* SPDX-License-Identifier: ISC */
/*
 * sizes: the file mailpipe-sizes of a Maildir, which remembers how many octets
 * messages have on the wire whose names do not say it (mailpipe-maildir(5)).
 *
 * It is a cache: it may be deleted, and what cannot be read or written is no
 * error.  What it says of a message that is there is taken for true.
 */
#ifndef SIZES_H
#define SIZES_H

#include "slice.h"

struct sizes;

/* Reads those of the Maildir "dir", which is used until sizes_close. */
struct sizes *sizes_open(int dir);

/* How many it knows, with messages that have gone. */
size_t sizes_count(const struct sizes *s);

/* The octets of the message whose name has this base: 1, or 0 where they are
 * not known.  Who was asked for once is kept. */
int sizes_find(struct sizes *s, struct slice base, uint64_t *octets);

/* Remembers them, for sizes_close to write; "base" is borrowed until then. */
void sizes_add(struct sizes *s, struct slice base, uint64_t octets);

/* Adds to the file what is new; with "prune", which is for a caller who asked
 * for all messages that there are, writes it anew without the others.  Frees
 * everything, and *s is NULL. */
void sizes_close(struct sizes **s, int prune);

#endif
