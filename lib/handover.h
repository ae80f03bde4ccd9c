/* SPDX-License-Identifier: ISC */
/* handover: descriptors from one process to another, over a UNIX socket
 * (SCM_RIGHTS). */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "slice.h"

enum {
	HANDOVER_MOST = 32, /* descriptors at a time */
};

/* Gives "fd", which stays open here, and with it "bytes", of which there is at
 * least one: 0, or -1 where the other end is gone, or has no room for them
 * without a wait. */
int handover_give(int socket, int fd, struct slice bytes);

/* Waits for what the other end gives, with exactly "n" bytes: the descriptor,
 * which is closed by execve(2), or -1 where that is gone or gives something
 * else. */
int handover_take(int socket, void *bytes, size_t n);

/* The same with "n" descriptors, 1 to HANDOVER_MOST. */
int handover_give_some(int socket, const int *fds, size_t n,
    struct slice bytes);

/* Takes exactly "want" of them, 1 to HANDOVER_MOST, as handover_take: 0; -1
 * where the other end is gone, or gave something else. */
int handover_take_some(int socket, int *fds, size_t want, void *bytes,
    size_t n);

#endif
