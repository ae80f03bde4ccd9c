/* SPDX-License-Identifier: ISC */
/*
 * cli: what every command does the same way: its one line per failure, its
 * usage, its exit.  Only files under cmd/ call it; it is the one module of
 * lib/ that prints and exits, so that no command can do it differently.
 */
#ifndef CLI_H
#define CLI_H

#include "fail.h"
#include "output.h"

/* First call of main(): "name" is the command's, "usage" its SYNOPSIS without
 * the name.  Both are literals.  Sees to it that 0, 1 and 2 are open, so that
 * no file or socket can take their place: what was closed is /dev/null, for
 * what it is not for, and to write there is an error that is told. */
void cli_start(const char *name, const char *usage);

/* The name given to cli_start. */
const char *cli_name(void);

/* "usage: NAME SYNOPSIS" on standard error; exits 64. */
_Noreturn void cli_usage(void);

/* "NAME: sentence" on standard error; returns f->class. */
int cli_report(const struct fail *f);

/* The same, then exits with f->class. */
_Noreturn void cli_exit(const struct fail *f);

/* "NAME: sentence" on standard error, made as printf(3) does. */
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Flushes standard output "out" and exits: "status", or where that is 0, or 1
 * as what was found may be told there, and the flush failed, its class, with
 * its line. */
_Noreturn void cli_finish(struct output *out, int status);

/*
 * The status of several results (DESIGN: the worst that helps the caller).
 * "so_far" and "next" are exit statuses: 75 wins, as anything may still
 * succeed, else the first that is not 0.
 */
int cli_worse(int so_far, int next);

#endif
