/* SPDX-License-Identifier: ISC */
/*
 * threads: the messages of a mailbox in the order of their threads, as a server
 * finds them (RFC 5256).
 *
 * The rows that are written of them wait in a file without a name: in memory
 * is no more than some numbers of each.
 */
#ifndef THREADS_H
#define THREADS_H

#include "ls.h"
#include "token.h"

struct threads;

/* NULL: EX_CANTCREAT. */
struct threads *threads_open(struct fail *f);

/* Reads what stands behind "* THREAD": 0; -1: EX_PROTOCOL, where it is no list,
 * or there are more than LIMIT_MAILBOX messages in it. */
int threads_take(struct threads *t, struct tokens *tokens, struct fail *f);

/* Keeps the row of a message, which is emptied: 0, or -1. */
int threads_keep(struct threads *t, uint32_t uid, struct buf *row,
    struct fail *f);

/* Writes the rows, to which is added what thread they are in: 0, or -1.  What
 * is in none stands at the end. */
int threads_write(struct threads *t, struct ls *l, struct fail *f);

void threads_close(struct threads **t);

#endif
