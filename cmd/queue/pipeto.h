/* SPDX-License-Identifier: ISC */
/* pipeto: a program of a user's that takes a message, run as that user. */
#ifndef PIPETO_H
#define PIPETO_H

#include "users.h"

struct pipeto {
	const struct user *user; /* of the machine; not root where it is root
				    who runs it */
	const char *home;
	struct slice command;	 /* words of argv.h; no shell reads it */
	int message;		 /* a file, from the start */
	const char *sender;	 /* "" for none */
	const char *recipient;	 /* local@domain */
	unsigned seconds;	 /* that it has */
	char said[512];		 /* its last line on standard error, not made
				    safe; "" where the fault is ours */
};

/*
 * Runs it to its end: standard input is the message, standard output goes
 * nowhere, the directory is the home directory, and the environment has PATH,
 * TZ (where it is set), USER, LOGNAME, HOME, SHELL, SENDER, RECIPIENT, LOCAL,
 * DOMAIN, EXTENSION and nothing else.
 *
 * 0 with its exit status, or -1: EX_TEMPFAIL where it was ended by a signal or
 * took too long; EX_CONFIG where it is root's or cannot be run.
 */
int pipeto_run(struct pipeto *p, int *status, struct fail *f);

#endif
