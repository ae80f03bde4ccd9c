/* SPDX-License-Identifier: ISC */
/*
 * helpers: the processes of a listener that do for its workers what these may
 * not.  One serves one session at a time, which it has a channel to, and then
 * waits for another one, as long as it cares to: where sessions are short, most
 * of what they cost would be to make it.
 */
#ifndef HELPERS_H
#define HELPERS_H

#include <poll.h>
#include <time.h>

struct helpers;

/* Of which no more than "most" are known at a time.  "life" is run in each,
 * which ends when that returns. */
struct helpers *helpers_open(unsigned most,
    void (*life)(void *ctx, int socket), void *ctx);

/* Lets all of them go, each at the end of its session. */
void helpers_close(struct helpers **h);

/* Lets those go that are there: they know only what was before. */
void helpers_dismiss(struct helpers *h);

/* Gives the channel of a session, which stays open here, to one that waits,
 * else to one that is forked for it: 0, or -1 where none can be. */
int helpers_give(struct helpers *h, int channel);

/* Puts into "fds", where there is room for "most", what to poll for, as they
 * come free and end: how many; and takes note of what poll(2) says of these,
 * where nothing else was done with them since.  Up to LIMIT_HELPERS stay that
 * wait. */
size_t helpers_watch(const struct helpers *h, struct pollfd *fds);
void helpers_hear(struct helpers *h, const struct pollfd *fds, size_t n);

/* In a process that was forked from the listener: they are not its. */
void helpers_forget(const struct helpers *h);

/* In one of them: waits until "until" (CLOCK_MONOTONIC) for the channel of its
 * next session, of which the first is there already; from then on it is given
 * none.  -1: there is none, and it is to end. */
int helpers_take(int socket, time_t until);

/* In one of them: it can serve another session. */
void helpers_done(int socket);

#endif
