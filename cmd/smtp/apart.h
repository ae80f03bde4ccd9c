/* SPDX-License-Identifier: ISC */
/*
 * apart: a part of the session that is a process of its own, with rights that
 * the one that talks to the network must not have.  The two speak over a
 * socket pair.
 */
#ifndef APART_H
#define APART_H

#include <sys/types.h>

#include "fail.h"
#include "slice.h"

struct apart {
	int fd; /* our end of the socket */
	pid_t pid;
};

/*
 * Starts the process: it has no descriptor but its end of the socket, as 0, and
 * the standard error, as 1 and 2, calls serve(ctx, 0), and ends when that
 * returns.  0, or -1 with EX_TEMPFAIL.
 */
int apart_start(struct apart *p, void (*serve)(void *ctx, int fd), void *ctx,
    struct fail *f);

/* Closes our end, and waits until the process has ended. */
void apart_end(struct apart *p);

/* All of "n" bytes, or -1: the other end is gone. */
int apart_get(int fd, void *to, size_t n);
int apart_put(int fd, const void *from, size_t n);

/* The same of both, in one system call where that can be: who reads them does
 * not wake up for the first alone. */
int apart_put_both(int fd, struct slice first, struct slice second);

/* Gives a descriptor to the other process, which stays open here: 0, or -1. */
int apart_give(int fd, int given);

/* The descriptor that the other one gives, or -1. */
int apart_take(int fd);

#endif
