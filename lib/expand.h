/* SPDX-License-Identifier: ISC */
/*
 * expand: the users that mail for an address goes to, through the aliases of
 * the configuration (aliases.h).
 *
 * An alias comes before a user of the same name, user+detail before user.  An
 * alias that has its own name for a member means the user.  What was met before
 * is not met again, so that a loop ends.  Members without a domain are of the
 * first of ours.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include "users.h"

struct expansion {
	struct user *users; /* of them one may be there twice */
	size_t n;
	struct slice *elsewhere; /* addresses; of them, too, one may be there
				    twice */
	size_t nelsewhere;	 /* 0 but for expand_find_all */
	struct arena arena; /* of what they point to */
};

/*
 * Finds the users of "a"; the results are those of users_find.  A member who
 * has no mailbox is left out, and "f" says so: with USERS_FOUND where there are
 * others, else with USERS_NONE, or for postmaster USERS_FAILED.  MAILER-DAEMON,
 * which reports are from, is the postmaster where it is no alias and no user.
 *
 * USERS_FAILED with EX_CONFIG, and nobody gets it, where somebody has to mend
 * the aliases first: a line is no good, a member is a program, a file or in
 * another domain, a file to include is not there or not safe (include.h), there
 * are more than LIMIT_ALIAS_MEMBERS members or LIMIT_ALIAS_DEPTH aliases in
 * each other, or they lead to nobody.  expand_free in any case.
 */
enum users_result expand_find(const struct conf *conf, const struct addr *a,
    struct expansion *x, struct fail *f);

/* The same for who can pass mail on: a member in another domain is one of
 * "elsewhere".  The address itself is USERS_ELSEWHERE all the same. */
enum users_result expand_find_all(const struct conf *conf,
    const struct addr *a, struct expansion *x, struct fail *f);

void expand_free(struct expansion *x);

#endif
