/* SPDX-License-Identifier: ISC */
/*
 * backlog: bytes for a file descriptor that nobody waits for: what its reader
 * does not take at once is kept, in order, in a temporary file without a name
 * (scratch.h), till it does.  For output.c; who wants to write takes output.h.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "slice.h"

struct backlog;

/*
 * For "fd", which stays the caller's, and whose file status flags are not
 * changed, as others may share them: a pipe, a socket, a terminal, of which a
 * description of our own is opened, as another one would wait for who stopped
 * it.  Anything else takes all at once.
 */
struct backlog *backlog_new(int fd);

/* Takes all of "s", and writes what is taken at once, what is kept first: 0, or
 * -1 with errno. */
int backlog_put(struct backlog *b, struct slice s);

/* Writes all that is kept, and waits as long as that takes: 0, or -1 with
 * errno. */
int backlog_flush(struct backlog *b);

/* 1 where an error was one of the temporary file, and not of "fd". */
int backlog_no_room(const struct backlog *b);

/* *b may be NULL, and becomes it; what is kept is gone. */
void backlog_free(struct backlog **b);

#endif
