/* SPDX-License-Identifier: ISC */
/* account: mailpipe-accounts(5), the servers of a user under short names. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "fail.h"
#include "mem.h"

struct account { /* strings belong to "arena"; NULL: not said */
	const char *name;
	const char *smtp, *imap, *pop3; /* servers, as on a command line */
	const char *proxy;		/* by which they are reached */
	const char *from;		/* a mailbox of addr_check_utf8 */
	const char *user;		/* who logs in */
	const char *password_command;
	const char *auth; /* a mechanism of sasl_find */
	const char *maildir;
	const char *tls; /* insecure, may, none or require */
	const char *tls_ca, *tls_certificate, *tls_key, *tls_pin;
	struct arena arena;
};

/*
 * Finds the account "name" in "text", which all of it has to be good; "path"
 * is for the sentence.  0, or -1 with EX_CONFIG: there is none; or a line, with
 * its number, is no good: an unknown key, one said twice, no value, not in an
 * account, an account said twice.  account_free in any case.
 */
int account_find(struct account *a, const char *name, struct slice text,
    const char *path, struct fail *f);

/*
 * The same in $XDG_CONFIG_HOME/mailpipe/accounts, or where that is not set in
 * ~/.config/mailpipe/accounts.  -1 with EX_CONFIG also where it is not there,
 * is longer than LIMIT_CONF, or where somebody else could have written what it
 * says: it is neither the user's nor root's, or others may write to it.
 */
int account_load(struct account *a, const char *name, struct fail *f);

void account_free(struct account *a);

#endif
