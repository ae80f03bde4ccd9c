/* SPDX-License-Identifier: ISC */
/* program: a local program in the place of a server: its standard input and
 * output are the connection. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <sys/types.h>

#include "conn.h"

enum { PROGRAM_NAME = 64 };

struct program { /* zeroed */
	pid_t pid;		 /* 0: none runs */
	char name[PROGRAM_NAME]; /* for sentences */
};

/* Starts "command", words of argv.h that no shell reads; standard error is
 * ours, and it can ask on our terminal, as ssh(1) does.  The connection is the
 * caller's, for conn_close.  NULL: EX_CONFIG (no command, it cannot be run),
 * EX_TEMPFAIL. */
struct conn *program_start(struct program *p, struct slice command,
    struct fail *f);

/* After conn_close: waits for its end, which it has five seconds for, before
 * it is killed with its family.  Where it ended otherwise than with 0, adds
 * that to the sentence of "f" (or NULL). */
void program_end(struct program *p, struct fail *f);

#endif
