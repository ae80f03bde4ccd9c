/* SPDX-License-Identifier: ISC */
/*
 * workers: the processes of a listener, each for one connection.  Some are made
 * before there is one, and wait for it: what they have to do first is not on
 * the client's time.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include "fail.h"
#include "peer.h"

struct workers;

/*
 * For so many connections at a time.  Each worker is forked when it is needed,
 * calls work(ctx, channel), which gets the connection by workers_take, and ends
 * with the status that this returns.  NULL: EX_TEMPFAIL.
 */
struct workers *workers_open(unsigned connections,
    int (*work)(void *ctx, int channel), void *ctx, struct fail *f);

/* In a worker, once: waits for its connection: the descriptor, and who is at
 * the other end; -1 where there will be none. */
int workers_take(int channel, struct peer *peer);

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

/* Lets those go that wait: they know only what was before. */
void workers_dismiss(struct workers *w);

/* Takes note of those that ended. */
void workers_reap(struct workers *w);

void workers_signal(const struct workers *w, int number);

/* Lets go of those that are left. */
void workers_close(struct workers **w);

#endif
