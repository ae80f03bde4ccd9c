/* SPDX-License-Identifier: ISC */
/*
 * behind: blocks of bytes that a thread writes to a file descriptor, in order,
 * while the next ones are made.  For output.c; who wants to write takes
 * output.h.
 */
#ifndef BEHIND_H
#define BEHIND_H

#include "buf.h"

enum {
	BEHIND_BLOCKS = 8, /* that wait; the memory of so many comes back when
			      the other processor's cache has let go of it,
			      which with two of them costs all of the gain */
};

struct behind;

/* A thread that writes to "fd", which stays the caller's, and open until
 * behind_end; NULL where there is none to be had.  It takes no signals but
 * those that its writes bring about. */
struct behind *behind_start(int fd);

/* Takes what is in "b", which comes back empty and with other memory; waits
 * while BEHIND_BLOCKS are not written.  0, or the errno of the first write
 * that failed: after that nothing more is written. */
int behind_give(struct behind *w, struct buf *b);

/* The same after all is written. */
int behind_wait(struct behind *w);

/* Waits for that, and ends the thread.  *w may be NULL, and becomes it. */
void behind_end(struct behind **w);

#endif
