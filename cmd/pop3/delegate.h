/* SPDX-License-Identifier: ISC */
/* delegate: a maildrop that a checkpassword program opens, as it becomes the
 * user, by pop3d-inetd -M. */
#ifndef DELEGATE_H
#define DELEGATE_H

#include <sys/types.h>

#include "gateframe.h"
#include "server.h"

struct delegate { /* zeroed, but for "token" */
	int token;  /* the secret is one: "Check-Token" is asked */
	pid_t pid;  /* 0: none runs */
	int fd;	    /* to it; what it says goes on behind "line" */
	char line[GATEFRAME_LINE + 1]; /* its first, with its CRLF */
};

struct delegate_login {
	struct slice user, secret;
	const char *client; /* its address, or "" */
};

/*
 * Starts the program, which is "Checkpassword", "Check-Token", or without
 * either mail-checkpw -P, and waits for its first line, LIMIT_AUTH_PROGRAM
 * seconds.  1 where there is one: the secret is right, whether it begins with
 * "+OK" or "-ERR"; 0 where it is wrong; -1 with EX_CONFIG or EX_TEMPFAIL.
 */
int delegate_start(struct delegate *p, const struct server *server,
    const struct delegate_login *l, struct fail *f);

/* Lets go of a program that runs. */
void delegate_end(struct delegate *p);

#endif
