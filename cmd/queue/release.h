/* SPDX-License-Identifier: ISC */
/*
 * release: the files of messages that were removed are closed by a process of
 * its own, some at a time.  The last close of a file without a name gives its
 * blocks back, and where each is told to the disk (mount option "discard") that
 * takes as long as the delivery did.
 */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdint.h>
#include <sys/types.h>

enum {
	RELEASE_FILES = 32,	 /* that are kept open, at most */
	RELEASE_BYTES = 1 << 20, /* of them together, but for the last one */
};

struct release { /* zeroed */
	int fd[RELEASE_FILES];
	size_t n;
	uint64_t bytes;
	pid_t closing; /* the process, 0: there is none */
};

/* Takes the descriptor of a file of so many bytes, and closes it soon. */
void release_file(struct release *r, int fd, uint64_t bytes);

/* Closes what was taken, and waits for the process: nothing is kept open while
 * there is nothing to do. */
void release_all(struct release *r);

#endif
