/* SPDX-License-Identifier: ISC */
/*
 * release: the files of messages that were removed are closed by a process of
 * its own.  The last close of a file without a name gives its blocks back, and
 * where each is told to the disk (mount option "discard") that takes as long as
 * the delivery did: nobody is to wait for it.
 *
 * The process has nothing open but these files, and takes one rather than close
 * one, up to the bounds below; what it has no room for is closed by whoever
 * removed it.  It ends when the one that started it has, and all is closed.  It
 * may be killed at any time: that closes all, too.
 */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdint.h>
#include <sys/types.h>

enum {
	RELEASE_FILES = 8192,	   /* that it has open at most */
	RELEASE_BYTES = 256 << 20, /* of them together, but for the last one */
	RELEASE_LARGE = 1 << 20,   /* a larger one is not given to it, as some
				      hundred more may be on their way */
};

struct release {
	int socket; /* to the process; -1: there is none */
	pid_t pid;  /* of it; 0 */
};

/* Starts the process where there is none, or it was killed; where there can be
 * none files are closed here.  The first time who calls it is small yet, so
 * that the process is, and lets no signal in. */
void release_start(struct release *r);

/* Takes the descriptor of a file of so many bytes, and has it closed. */
void release_file(struct release *r, int fd, uint64_t bytes);

/* There is no more: the process ends by itself, and is waited for no longer
 * than for a fifth of a second. */
void release_end(struct release *r);

#endif
