/* SPDX-License-Identifier: ISC */
/*
 * users: who has a mailbox here, and where it is.
 *
 * With "Users" in the configuration that file says it, a line for each user:
 *
 *	alice@example.org:HASH:/var/mail/example.org/alice[:quota]
 *
 * An empty Maildir means the pattern "Maildirs", with %u the local-part and %d
 * the domain in lower case.  Without "Users" every user of the machine has
 * ~/Maildir, or the pattern.  user+detail is user's where there is no such
 * user.  Letter case does not count.
 *
 * postmaster always has a mailbox (RFC 5321, 4.5.1): a user of that name,
 * else the one that "Postmaster" names, else the first of the users file or
 * the machine's root.
 */
#ifndef USERS_H
#define USERS_H

#include <sys/types.h>

#include "addr.h"
#include "conf.h"

struct user { /* strings belong to the arena that users_find was given */
	const char *maildir; /* absolute */
	const char *login;   /* of the machine's user; NULL for others */
	uid_t uid;	     /* who owns the mail */
	gid_t gid;
};

enum users_result {
	USERS_FAILED = -1,    /* "f" tells; EX_TEMPFAIL or EX_CONFIG */
	USERS_NONE = 0,	      /* the domain is ours, the user is not there */
	USERS_FOUND = 1,
	USERS_ELSEWHERE = 2,  /* the domain is not ours */
};

/*
 * Finds the mailbox of "a" (an empty domain is ours).  A process that is not
 * root can store for itself alone: of the machine's users it finds only its
 * own, and those of the users file it stores as itself.  For root the owner
 * of mail of the users file is who owns the Maildir, or while that is not
 * there the directory that it will be made in; each part of its path must be
 * that owner's or root's, else EX_TEMPFAIL: nobody can lead another's mail, or
 * root, elsewhere.
 */
enum users_result users_find(const struct conf *conf, const struct addr *a,
    struct arena *arena, struct user *u, struct fail *f);

#endif
