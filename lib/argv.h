/* SPDX-License-Identifier: ISC */
/*
 * argv: a command that was given as one string, as words.
 *
 * No shell reads it.  Spaces and TABs separate words; '...' is taken as it
 * stands, in "..." a backslash stands before a quote or a backslash, elsewhere
 * before any byte.  There are no variables, no ~, no pipes; whoever wants them
 * writes sh -c '...'.
 */
#ifndef ARGV_H
#define ARGV_H

#include "fail.h"
#include "mem.h"

/* The words of "command" with a NULL behind them, in "arena".  NULL with
 * EX_CONFIG: there is none, a quote is not closed, or a NUL is in it. */
char **argv_split(struct slice command, struct arena *arena, struct fail *f);

/* The first byte of "command" that is not quoted and with which a shell would
 * do more than take it as a part of a word: one of | & ; < > $ and the
 * backquote; or 0. */
int argv_shell_byte(struct slice command);

#endif
