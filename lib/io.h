/* SPDX-License-Identifier: ISC */
/* io: read(2) and write(2) until all is done, for files and pipes; and
 * descriptors out of the way. */
#ifndef IO_H
#define IO_H

#include <sys/types.h>

#include "slice.h"

/* Writes all of "s": 0, or -1 with errno. */
int io_write(int fd, struct slice s);

/* Reads "n" bytes, or fewer where the end comes first: how many, or -1 with
 * errno. */
ssize_t io_read(int fd, void *to, size_t n);

/* A copy of "fd", close-on-exec, of number "least" or above; -1 with errno:
 * EMFILE also where so many are not allowed. */
int io_aside(int fd, int least);

#endif
