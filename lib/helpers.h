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

/* "life" is run in each, which ends when that returns.  No more than "most" are
 * known at a time: another one serves one session, and is forgotten. */
struct helpers *helpers_open(unsigned most,
    void (*life)(void *ctx, int socket), void *ctx);

/* helpers_dismiss, and frees it. */
void helpers_close(struct helpers **h);

/* Lets all of them go, those that have a session at its end: they know only
 * what was before. */
void helpers_dismiss(struct helpers *h);

/* 1 where some wait for a session. */
int helpers_wait(const struct helpers *h);

/* Gives the channel of a session, which stays open here, to one that waits,
 * else to one that is forked for it: 0, or -1 where none can be. */
int helpers_give(struct helpers *h, int channel);

/* Two descriptors are kept for helpers_give, so that who was promised one gets
 * it.  After some of those, whose channels are closed: keeps two again. */
void helpers_keep_room(struct helpers *h);

/* Puts into "fds", which has room for "most", what to poll for, since they come
 * free and end: how many. */
size_t helpers_watch(const struct helpers *h, struct pollfd *fds);

/* Takes note of what poll(2) said of these.  Nothing else was done with helpers
 * since.  Of those that wait then up to LIMIT_HELPERS stay. */
void helpers_hear(struct helpers *h, const struct pollfd *fds, size_t n);

/* In a process that was forked from the listener: they are not its. */
void helpers_forget(const struct helpers *h);

/* In one of them: waits until "until" (CLOCK_MONOTONIC) for the channel of its
 * next session; the first one is there from the start.  After that no more are
 * given to it; one that was given before is returned all the same.  -1: there
 * is none, and it is to end. */
int helpers_take(int socket, time_t until);

/* In one of them: waits for that as long, and it is still given one: 1 where
 * something came for helpers_take, the end too; else 0. */
int helpers_comes(int socket, time_t until);

/* In one of them: it can serve another session. */
void helpers_done(int socket);

#endif
