/* SPDX-License-Identifier: ISC */
/* deliveryplan: whom a message for one recipient goes to, through aliases and
 * the ~/.forward of each user. */
#ifndef DELIVERYPLAN_H
#define DELIVERYPLAN_H

#include "expand.h"

struct deliveryplan_program {
	struct user user;
	const char *home;
	struct slice command;
};

struct deliveryplan {
	struct expansion boxes; /* users with a mailbox that gets it; other
				   Maildirs as a user's, too */
	struct slice *addresses; /* that it is passed on to, once each */
	size_t naddresses;
	struct deliveryplan_program *programs;
	size_t nprograms;
	struct expansion found; /* what all that points into */
};

/*
 * Finds out whom "a" (with a domain) is for: as expand_find_all, and
 * USERS_FAILED as forwardfile_read where one user's file is no good, or with
 * EX_CONFIG where there are more than LIMIT_ALIAS_MEMBERS addresses and
 * programs, or with EX_TEMPFAIL where it is for a user of the machine to whom
 * only root delivers: nobody gets it then.  deliveryplan_free in any case.
 */
enum users_result deliveryplan_make(struct deliveryplan *p,
    const struct conf *conf, const struct addr *a, struct fail *f);

/* The same for a Maildir alone: USERS_FOUND, or USERS_FAILED with EX_CONFIG
 * where for root it has no owner but root. */
enum users_result deliveryplan_make_maildir(struct deliveryplan *p,
    const char *path, struct fail *f);

void deliveryplan_free(struct deliveryplan *p);

#endif
