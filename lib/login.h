/* SPDX-License-Identifier: ISC */
/* login: who logs in at a server, and by what: what the user asked for, and
 * where the password comes from.  How that is said there is the protocol's. */
#ifndef LOGIN_H
#define LOGIN_H

#include "saslclient.h"
#include "secure.h"

struct login { /* zeroed, then login_start, then filled by the others */
	const char *mechanism;	 /* -A; NULL: the best */
	const char *scheme;	 /* set by the caller: of a URL in a sentence */
	int own;		 /* set by the caller: a way of the protocol's
				    own is asked for, and none of SASL's */
	const char *command;	 /* -p; NULL: none */
	int fd;			 /* -P; -1: none */
	int clear;		 /* auth-clear=yes */
	const char *user;	 /* empty: only a certificate tells */
	int wanted;		 /* there is to be a login at all */
	int token;		 /* the secret is one of OAuth */
	struct buf secret;	 /* empty: not asked for so far, or none */
};

void login_start(struct login *l);

/* The value of -P: 0, or -1. */
int login_descriptor(struct login *l, const char *value);

/* One -o: 1 where it is of the login and good, -1 where it is not good, 0
 * where it is not of the login. */
int login_option(struct login *l, struct slice key, struct slice value);

/* Settles who logs in at "u", which outlives "l": 0, or -1 with EX_USAGE where
 * what is asked for makes no sense. */
int login_settle(struct login *l, const struct url *u, struct fail *f);

/* Gets the password for "u", before a server waits for it; asked for once.  0,
 * or -1 as secret.h and netrc.h have it. */
int login_prepare(struct login *l, const struct url *u, struct fail *f);

/* What saslclient.h is to be told. */
struct login_terms {
	struct saslclient_conf conf;
	/* Its own: */
	struct buf bytes;
	struct sasl_binding binding;
};

/* Fills "t" for a login on "c", but for what the server offers; it points into
 * "l", "s" and itself.  login_forget is next. */
void login_terms(const struct login *l, const struct secure *s,
    const struct conn *c, struct login_terms *t);

/* Wipes it. */
void login_forget(struct login_terms *t);

void login_end(struct login *l);

#endif
