/* SPDX-License-Identifier: ISC */
/*
 * userauth: who may log in as a user of the users file.
 *
 * A name is an address as it stands there, letter case aside; without a domain
 * it is of the first of "Domains".  user+detail is nobody.  The file is read
 * to its end each time, and whether there is such a user, and may log in (a
 * hash that begins with "!" says no), makes no difference in time: the
 * password is hashed by the method of the first hash of the file then.
 *
 * -1 is EX_CONFIG (the configuration has no "Users", or the file is not there
 * or has a line that is no good), EX_TEMPFAIL, or of a password that of
 * password_load.
 */
#ifndef USERAUTH_H
#define USERAUTH_H

#include "conf.h"
#include "scram.h"
#include "users.h"

/* 1 where that is the user's password, else 0, or -1. */
int userauth_password(const struct conf *conf, struct slice name,
    struct slice password, struct fail *f);

/*
 * The user's verifier: 1, or 0 where there is none, or -1; the caller wipes
 * "v".  With 0 it has a fake one which lasts as long as the first verifier of
 * the file, that it is made from, whatever process asks; it has no iterations
 * where the file has none at all.
 */
int userauth_verifier(const struct conf *conf, struct slice name,
    struct scram_verifier *v, struct fail *f);

struct userauth_mailbox { /* strings belong to the arena */
	const char *address; /* as the file has it */
	struct user user;
	int may_log_in;
};

/* The user's mailbox, whether they may log in or not: 1, 0 where there is no
 * such user, -1. */
int userauth_mailbox(const struct conf *conf, struct slice name,
    struct arena *arena, struct userauth_mailbox *m, struct fail *f);

#endif
