/* SPDX-License-Identifier: ISC */
/* target: which server, by the command line or by an account, and what else the
 * account says. */
#ifndef TARGET_H
#define TARGET_H

#include "account.h"
#include "login.h"
#include "secure.h"
#include "socks.h"

/* What a protocol has of its own. */
struct target_family {
	const char *key; /* of an account, for its server: "Smtp" */
	const char *(*server)(const struct account *a); /* that; or NULL */
	const struct url_scheme *schemes; /* as for url_server */
};

struct target { /* zeroed */
	const struct target_family *family; /* set by the caller */
	const char *text;    /* as it was given; NULL: the account's */
	const char *account; /* -a; NULL: none */
	const char *via;     /* the proxy as it was given, or "none"; NULL: the
				account's */
	struct account a;    /* owned */
	struct url url;	     /* of pipe: its host is "localhost" */
	const struct url_scheme *scheme;
	const char *command; /* of pipe:; NULL: a host */
	struct socks proxy;  /* where "via" is not NULL in the end */
};

/*
 * Finds it, and settles "secure" and "login", in which what is there already
 * stands before what the account says.  0, or -1: EX_USAGE, EX_CONFIG (the
 * account is no good), EX_UNAVAILABLE (a scheme that is not there yet, no
 * libidn2).  target_free in any case.
 */
int target_find(struct target *s, struct secure *secure, struct login *login,
    struct fail *f);

void target_free(struct target *s);

#endif
