/* SPDX-License-Identifier: ISC */
/*
 * apart: a part of a session that is a process of its own, with rights that
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
	pid_t pid; /* 0: it is no child of this process, if there is one */
	int asked; /* there is one */
	unsigned limit; /* seconds for it to answer; 0: none */
};

/*
 * Starts the process: it has no descriptor but its end of the socket, as 0, and
 * the standard error, as 1 and 2, calls serve(ctx, 0), and ends when that
 * returns.  0, or -1 with EX_TEMPFAIL.
 */
int apart_start(struct apart *p, void (*serve)(void *ctx, int fd), void *ctx,
    struct fail *f);

/* The process behind "fd", which somebody else sees to as soon as something is
 * put there, and which called apart_begin. */
void apart_await(struct apart *p, int fd);

/* From now on it has so many seconds to begin each answer (apart_hear), and to
 * take what is put: else it counts as gone. */
void apart_limit(struct apart *p, unsigned seconds);

/* In the process that was started: from now on it has no descriptor but "fd",
 * as 0, and the standard error, as 1 and 2. */
void apart_begin(int fd);

/* Puts all of both, in one system call where that can be: who reads them does
 * not wake up for the first alone.  0, or -1: the process is gone. */
int apart_ask(struct apart *p, struct slice request, struct slice bytes);

/* Closes our end, and waits until the process has ended, or where it is no
 * child, and was asked, until it has closed its end. */
void apart_end(struct apart *p);

/* The next "n" bytes of an answer, as apart_get, within its limit. */
int apart_hear(const struct apart *p, void *to, size_t n);

/* All of "n" bytes, or -1: the other end is gone. */
int apart_get(int fd, void *to, size_t n);
int apart_put(int fd, const void *from, size_t n);

/* For a process that is not asked any more: it ends at once where the other end
 * of the socket is closed, as by a process that was killed, whatever it does
 * then.  Where the system cannot do that it goes on. */
void apart_tie(int fd);

/* Gives a descriptor to the other process, which stays open here: 0, or -1. */
int apart_give(int fd, int given);

/* The descriptor that the other one gives, or -1. */
int apart_take(int fd);

#endif
