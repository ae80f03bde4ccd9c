/* SPDX-License-Identifier: ISC */
/*
 * mailboxsizes: the file mailpipe-sizes of a Maildir, which remembers how many
 * octets messages have on the wire whose names do not say it
 * (mailpipe-maildir(5)).
 *
 * It is a cache: it may be deleted, and what cannot be read or written is no
 * error.  What it says of a message that is there is taken for true.
 */
#ifndef MAILBOXSIZES_H
#define MAILBOXSIZES_H

#include "slice.h"

struct mailboxsizes;

/* Reads those of the Maildir "dir", which is used until mailboxsizes_close. */
struct mailboxsizes *mailboxsizes_open(int dir);

/* How many it knows, with messages that have gone. */
size_t mailboxsizes_count(const struct mailboxsizes *s);

/* The octets of the message whose name has this base: 1, or 0 where they are
 * not known.  Who was asked for once is kept. */
int mailboxsizes_find(struct mailboxsizes *s, struct slice base,
    uint64_t *octets);

/* Remembers them, for mailboxsizes_close to write; "base" is borrowed until
 * then. */
void mailboxsizes_add(struct mailboxsizes *s, struct slice base,
    uint64_t octets);

/* Adds to the file what is new; with "prune", which is for a caller who asked
 * for all messages that there are, writes it anew without the others.  Frees
 * everything, and *s is NULL. */
void mailboxsizes_close(struct mailboxsizes **s, int prune);

#endif
