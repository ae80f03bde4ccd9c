/* SPDX-License-Identifier: ISC */
/* read: a message that is read once, in large pieces. */
#ifndef READ_H
#define READ_H

#include "mime.h"

enum {
	READ_PIECE = 131072, /* bytes read at once, and so of an event */
};

/* A descriptor for the message "path", where "-" is standard input, which is
 * not to be closed.  A path that went stale is found again (message.h).  -1:
 * what input_fd says. */
int read_open(const char *path, struct fail *f);

/*
 * Pushes all that "fd" gives into "m" and ends it.  *size counts the bytes.
 * 0, or -1: what mime.h says, EX_NOINPUT for a directory, or EX_IOERR.
 */
int read_parts(int fd, struct mime *m, uint64_t *size, struct fail *f);

#endif
