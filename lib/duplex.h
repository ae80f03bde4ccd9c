/* SPDX-License-Identifier: ISC */
/* duplex: the two descriptors of a connection, read and written without ever
 * waiting, whatever their file status flags are. */
#ifndef DUPLEX_H
#define DUPLEX_H

#include <sys/types.h>

#include "slice.h"

struct duplex {
	int in, out;	/* one socket, two pipes, a terminal */
	int in_socket;	/* recv(2) can refuse to wait */
	int out_socket;
	int ended;	/* the peer sends nothing more */
	int prompt;	/* what came can be acknowledged at once, */
	int heard;	/* and some came since anything was written */
};

struct duplex duplex_of(int in, int out);

/* Reads up to "n" bytes: their count; 0 at the end, also where the peer
 * reset the connection; -1 with errno, EAGAIN where there is nothing yet. */
ssize_t duplex_read(struct duplex *d, void *to, size_t n);

/* Writes some of "s": how much, or -1 with errno, EAGAIN where the peer takes
 * nothing now. */
ssize_t duplex_write(struct duplex *d, struct slice s);

/*
 * For who is about to wait for more: the peer knows at once that all is here
 * that was read.  Many send small pieces, and hold the next one back until they
 * know (RFC 896), while TCP takes its time to tell, up to 40 ms here, as it may
 * go with what we write (RFC 9293, 3.8.6.3).
 */
void duplex_acknowledge(struct duplex *d);

/* Closes both. */
void duplex_close(struct duplex *d);

#endif
