/* SPDX-License-Identifier: ISC */
/* mailuser: a user who logged in, and becoming that user. */
#ifndef MAILUSER_H
#define MAILUSER_H

#include <sys/types.h>

#include "conf.h"

struct mailuser { /* strings belong to the arena */
	const char *user; /* USER: the address, or the machine's user */
	const char *home;
	const char *shell;
	const char *maildir;
	const char *account; /* of the machine, for its groups; NULL: none */
	uid_t uid;
	gid_t gid;
};

/* The user of that name in the users file, as userauth.h has names: 1 with *u,
 * 0 where there is none who may log in, or -1 with EX_CONFIG or EX_TEMPFAIL.
 * Who has that name was found out before. */
int mailuser_find(const struct conf *conf, struct slice name,
    struct arena *arena, struct mailuser *u, struct fail *f);

/* Becomes that user for good, where root runs the process, with the
 * environment and the working directory: 0, or -1 with EX_TEMPFAIL. */
int mailuser_become(const struct mailuser *u, struct fail *f);

#endif
