/* SPDX-License-Identifier: ISC */
/*
 * workers: the processes of a listener, each for one connection.  Some are made
 * before there is one, and wait for it: what they have to do first is not on
 * the client's time.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include <poll.h>

#include "fail.h"
#include "peer.h"

struct workers;

struct workers_calls {
	/* A worker's life: it gets the connection by workers_take, and ends
	 * with the status that this returns. */
	int (*work)(void *ctx, int channel);
	/* The life of a helper (helpers.h), which gets the other ends; or
	 * NULL, where none asks for one. */
	void (*help)(void *ctx, int socket);
	/* Before a helper that waits is given to a worker: 1 where helpers are
	 * of no use any more, and are let go at the end of their sessions; or
	 * NULL. */
	int (*outdated)(void *ctx);
	void *ctx;
};

/* For so many connections at a time; each worker is forked when it is needed.
 * RLIMIT_NOFILE is raised for them where it has to be and can be.  NULL:
 * EX_TEMPFAIL. */
struct workers *workers_open(unsigned connections,
    const struct workers_calls *calls, struct fail *f);

/*
 * In a worker, once: waits for its connection: the descriptor, and who is at
 * the other end; -1 where there will be none.
 *
 * From then on, what is written to the channel, a socket, is for the worker's
 * helper: with the first byte it gets one, which was forked, not from the
 * worker, but from the process that gave it the connection, with all the rights
 * of that one.  It is the only one of this worker; where there can be none the
 * channel is closed.
 */
int workers_take(int channel, struct peer *peer);

/* In a worker that waits: from now on it is given no connection, but one that
 * it was given before, which workers_take returns. */
void workers_leave(int channel);

/* In a worker: its channel; -1 in a process that is none. */
int workers_channel(void);

/* In a worker: from now on its connection counts as one of "network", which is
 * not 0: how many that has now.  0 in a process that is no worker. */
unsigned workers_recount(uint64_t network);

/* How many have a connection, and how many of those are of "network". */
unsigned workers_serving(const struct workers *w);
unsigned workers_count(const struct workers *w, uint64_t network);

/* Gives the connection "fd", which stays open here, to one of them; it counts
 * as one of "network", or with 0 of none.  0, or -1: no process can be made. */
int workers_give(struct workers *w, int fd, const struct peer *peer,
    uint64_t network);

/* Makes them, up to LIMIT_SPARE, that wait for the next connections; for two
 * seconds not, after one of them ended by itself. */
void workers_stock(struct workers *w);

/* Lets those go that wait, and all helpers at the end of their sessions: they
 * know only what was before. */
void workers_dismiss(struct workers *w);

/* Puts into "fds", where there is room for twice as many as there may be
 * connections, what to poll for, since a worker may ask for a helper, and that
 * may come free: how many. */
size_t workers_watch(struct workers *w, struct pollfd *fds);

/* Does what these "n", all of them, ask for, as poll(2) says: helpers are given
 * to workers.  No worker has been made, reaped or given anything since
 * workers_watch. */
void workers_help(struct workers *w, const struct pollfd *fds, size_t n);

/* Takes note of those that ended: 1 where there are others, helpers too, which
 * have not. */
int workers_reap(struct workers *w);

void workers_signal(const struct workers *w, int number);

/* Lets go of those that are left. */
void workers_close(struct workers **w);

#endif
