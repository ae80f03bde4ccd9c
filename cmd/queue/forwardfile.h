/* SPDX-License-Identifier: ISC */
/*
 * forwardfile: ~/.forward, by which a user of the machine says where mail
 * goes instead of the mailbox.
 *
 * Its lines are members as in an aliases file (aliases.h), with lines of
 * comments that begin with "#".  A file without any member is none.
 */
#ifndef FORWARDFILE_H
#define FORWARDFILE_H

#include "aliases.h"
#include "users.h"

enum forward_kind {
	FORWARD_ADDRESS, /* to anybody */
	FORWARD_MAILBOX, /* the user's own: \user, or the user's own name */
	FORWARD_MAILDIR, /* a path that ends in a slash: of another Maildir */
	FORWARD_PROGRAM, /* |program arg ... */
};

struct forward_member {
	enum forward_kind kind;
	struct addr address; /* without a domain: of the first of ours */
	const char *text;    /* the path, absolute; or the command */
};

struct forwardfile {
	struct forward_member *members;
	size_t n;
	const char *home; /* of the user */
	struct arena arena;
};

/*
 * Reads the file of "u", as that user.  1; 0 where there is none, or the user
 * is none of the machine's; or -1: EX_CONFIG where the user has to mend it
 * first: it is no regular file of the user's own or of root's, others can
 * write it, it is longer than LIMIT_ALIAS or has more than LIMIT_ALIAS_MEMBERS
 * members, or one is no good; EX_TEMPFAIL for everything else.
 * forwardfile_free in any case.
 */
int forwardfile_read(struct forwardfile *w, const struct conf *conf,
    const struct user *u, struct fail *f);

void forwardfile_free(struct forwardfile *w);

#endif
