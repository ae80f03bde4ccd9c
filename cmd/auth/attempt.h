/* SPDX-License-Identifier: ISC */
/* attempt: whose password it is. */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "mailuser.h"

struct attempt {
	const char *name, *password;
	int pam; /* a user of the machine, not of the users file */
};

/*
 * Is that the password?  1 with *u, 0, or -1 with EX_CONFIG or EX_TEMPFAIL.
 * Of the machine's users those who have no mail (userlogin.h) are refused, and
 * so is root; where their name has a domain of ours, that is dropped.
 */
int attempt_check(const struct conf *conf, const struct attempt *a,
    struct arena *arena, struct mailuser *u, struct fail *f);

#endif
