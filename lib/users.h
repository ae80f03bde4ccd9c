/* SPDX-License-Identifier: ISC */
/*
 * users: who has a mailbox here, and where it is.
 *
 * With "Users" in the configuration that file says it (userfile.h).  A Maildir
 * that is empty there is by the pattern "Maildirs", with %u the local-part and
 * %d the domain, as the line or else Domains has it, in lower case.  Without
 * "Users" the machine's users who have mail (userlogin.h) have ~/Maildir, or
 * the pattern.  user+detail is user's where there is no such user.  Letter case
 * does not count, nor the form of a domain (addr_same_domain).
 *
 * postmaster always has a mailbox (RFC 5321, 4.5.1): a user of that name, else
 * the one that "Postmaster" names (without a domain: of the first of ours),
 * else the first of the users file, or of the machine's users the one of this
 * process.
 */
#ifndef USERS_H
#define USERS_H

#include <sys/types.h>

#include "addr.h"
#include "conf.h"
#include "quota.h"

struct user { /* strings belong to the arena that users_find was given */
	const char *maildir; /* absolute */
	const char *login;   /* of the machine's user; NULL for others */
	uid_t uid;	     /* who owns the mail */
	gid_t gid;
	struct slice detail; /* behind the delimiter, as it was written; its p
				is NULL where the address has the user's name
				alone */
	struct quota quota;
};

enum users_result {
	USERS_FAILED = -1,   /* "f" tells */
	USERS_NONE = 0,	     /* the domain is ours, the user is not there */
	USERS_FOUND = 1,
	USERS_ELSEWHERE = 2, /* the domain is not ours */
	USERS_TOO_MANY = 3,  /* for one message; users_find never says this */
	USERS_FULL = 4,	     /* nor this: the quota has no room */
	USERS_QUEUED = 5,    /* nor this: ours, but the queue has the mail */
	USERS_RELAYED = 6,   /* nor this: elsewhere, and the queue has it */
	USERS_NO_QUEUE = 7,  /* nor this: it would; "f" tells */
};

/* 1 where mail is taken for that domain: one of Domains, or a name of this
 * host, whose users are those of the first of Domains: Hostname, localhost and
 * what is below it (RFC 6761, 6.3), localhost.localdomain. */
int users_domain(const struct conf *conf, struct slice domain);

/*
 * Finds the mailbox of "a" (an empty domain is ours).  A process that is not
 * root can store for itself alone: of the machine's users it finds only its
 * own, but with conf->as_root those that root finds; and those of the users
 * file it stores as itself.  For root the owner of mail of the users file is
 * who owns the Maildir, or the way to it (userowner.h), and never root.
 *
 * USERS_FAILED is EX_CONFIG where somebody has to mend something first: the
 * users file is not there or has a line that is no good, a Maildir has no
 * absolute path or no owner but root, a quota is none, nobody is there to be
 * postmaster.  It is
 * EX_TEMPFAIL for everything else.
 */
enum users_result users_find(const struct conf *conf, const struct addr *a,
    struct arena *arena, struct user *u, struct fail *f);

/* The mailbox of a line of the users file: USERS_FOUND, or USERS_FAILED with
 * EX_CONFIG or EX_TEMPFAIL as above. */
struct userfile_line;
enum users_result users_of_line(const struct conf *conf,
    const struct userfile_line *line, struct arena *arena, struct user *u,
    struct fail *f);

#endif
