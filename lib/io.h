/* SPDX-License-Identifier: ISC */
/* io: read(2) and write(2) until all is done, for files and pipes. */
#ifndef IO_H
#define IO_H

#include <sys/types.h>

#include "slice.h"

/* Writes all of "s": 0, or -1 with errno. */
int io_write(int fd, struct slice s);

/* Reads "n" bytes, or fewer where the end comes first: how many, or -1 with
 * errno. */
ssize_t io_read(int fd, void *to, size_t n);

#endif
