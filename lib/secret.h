/* SPDX-License-Identifier: ISC */
/*
 * secret: where a command gets a password or a token from.  Never from its
 * arguments, which everybody can see.
 *
 * All add the secret to "out", which was made by secret_buf, and which the
 * caller wipes (buf_wipe) as soon as it can.  It has 1 to LIMIT_SECRET bytes,
 * no NUL and no line end; else -1 with EX_DATAERR.
 */
#ifndef SECRET_H
#define SECRET_H

#include "buf.h"
#include "fail.h"

/* A buf that never moves what is in it, so that no copy is left. */
struct buf secret_buf(void);

/*
 * The first line of what "command" writes, a program and its arguments by the
 * words of argv.h; no shell reads it.  Its standard input is empty, its
 * standard error ours, and it can ask on our terminal.  It has "seconds"
 * (LIMIT_PASSWORD_COMMAND) to end; then it is ended with its family, and so it
 * is by SIGHUP, SIGINT, SIGQUIT and SIGTERM to this process, which act after
 * that.  A terminal that is ours is then as it was.
 * 0, or -1: EX_CONFIG (no command, it cannot be run), EX_NOPERM (it ended with
 * another status than 0), EX_TEMPFAIL (it did not end).
 */
int secret_command(struct slice command, unsigned seconds, struct buf *out,
    struct fail *f);

/* One line from a descriptor, and not a byte more.  0, or -1: EX_NOINPUT (it
 * is not open). */
int secret_fd(int fd, struct buf *out, struct fail *f);

/* Asks "prompt" on the terminal of the process and reads a line that is not
 * shown.  0, or -1: EX_NOINPUT where there is no terminal.  Signals that end or
 * stop the process do so after the terminal is as it was. */
int secret_terminal(const char *prompt, struct buf *out, struct fail *f);

/* For the module itself: -1 for what cannot be a password for anybody; and for
 * what is longer than "out". */
int secret_check(const struct buf *out, struct fail *f);
int secret_too_long(struct fail *f);

#endif
