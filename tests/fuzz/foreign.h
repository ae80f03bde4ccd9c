/* SPDX-License-Identifier: ISC */
/* foreign: what fuzz targets of protocols share: a peer that says the bytes,
 * and complaints about it, which are fit to be shown. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "utf8.h"

/* Text that goes to a terminal, or into a log. */
static inline void
foreign_text(struct slice s)
{
	int32_t c;

	while ((c = utf8_next(&s)) != -1)
		if (c < 0 || utf8_unsafe(c))
			abort();
}

/* A sentence, of one of these classes, of which 0 is the last. */
static inline void
foreign_fail(const struct fail *f, const int *classes)
{
	foreign_text(slice_str(f->text));
	while (*classes != 0 && f->class != *classes)
		classes++;
	if (*classes == 0)
		abort();
}

/* A connection, fd[0], whose other end, fd[1], has said the bytes and says
 * nothing more: 0, or -1 where they are too many. */
static inline int
foreign_peer(const uint8_t *data, size_t size, int fd[2])
{
	if (size > 100000 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		return -1;
	if (size > 0 && write(fd[1], data, size) != (ssize_t)size)
		abort();
	(void)shutdown(fd[1], SHUT_WR);
	return 0;
}

#endif
