/* SPDX-License-Identifier: ISC */
/* login: who logged in, and becoming that user. */
#ifndef LOGIN_H
#define LOGIN_H

#include <sys/types.h>

#include "conf.h"
#include "fail.h"

struct login { /* strings belong to the arena */
	const char *user; /* USER: the address, or the machine's user */
	const char *home;
	const char *shell;
	const char *maildir;
	const char *account; /* of the machine, for its groups; NULL: none */
	uid_t uid;
	gid_t gid;
};

struct login_attempt {
	const char *name, *password;
	int pam; /* a user of the machine, not of the users file */
};

/*
 * Is that the password?  1 with *l, 0, or -1 with EX_CONFIG or EX_TEMPFAIL.
 * Of the machine's users those who have no mail (userlogin.h) are refused, and
 * so is root; where their name has a domain of ours, that is dropped.
 */
int login_check(const struct conf *conf, const struct login_attempt *a,
    struct arena *arena, struct login *l, struct fail *f);

/* Becomes that user for good, where root runs the process, with the
 * environment and the working directory: 0, or -1 with EX_TEMPFAIL. */
int login_become(const struct login *l, struct fail *f);

#endif
