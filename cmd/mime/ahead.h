/* SPDX-License-Identifier: ISC */
/*
 * ahead: the messages that a list of paths names, each opened and its first
 * bytes read before its turn.
 *
 * For small messages the system calls are most of the work.  They are done
 * here, relative to the directory where the last message was too, and, where
 * many paths are waiting and there is another processor, by threads.  Nobody
 * can see that but by the clock: messages come in the order of the list, and
 * a message that anything at all is the matter with is left to its user, to be
 * opened in the ordinary way when it is its turn.  A FIFO is never read here,
 * and stays open until its turn is over, as its writer would be killed.
 */
#ifndef AHEAD_H
#define AHEAD_H

#include "paths.h"

enum {
	AHEAD_MOST = 32768, /* bytes of one message */
};

enum ahead_got {
	AHEAD_NOTHING,	 /* it has to be opened by its path */
	AHEAD_BEGINNING, /* "bytes" stand at its start */
	AHEAD_ALL,	 /* "bytes" are all of it */
};

struct ahead_message {
	const char *path;
	enum ahead_got got;
	struct slice bytes;
};

struct ahead;

/* Begins with "list", which must outlive it; end it by ahead_free. */
struct ahead *ahead_start(struct paths *list);

/* From now on up to "n" bytes are read of a message; AHEAD_MOST at the start
 * and at most. */
void ahead_ask(struct ahead *a, size_t n);

/* 1 if ahead_next will not wait for more of the list, 0 if it may. */
int ahead_ready(struct ahead *a);

/* The next message, valid until the next call; NULL at the end of the list,
 * and with f->class set where paths_take() says why it ends early. */
const struct ahead_message *ahead_next(struct ahead *a, struct fail *f);

void ahead_free(struct ahead **a);

#endif
