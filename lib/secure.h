/* SPDX-License-Identifier: ISC */
/* secure: whether a session is in TLS, and whom it trusts: what the user asked
 * for, and how it is come by. */
#ifndef SECURE_H
#define SECURE_H

#include "smtp.h"
#include "tlsclient.h"
#include "url.h"

enum secure_policy {
	SECURE_DEFAULT,	 /* required, but not on loopback */
	SECURE_REQUIRE,
	SECURE_MAY,	 /* where it is offered, and works */
	SECURE_NONE,
	SECURE_INSECURE, /* with whomever */
};

struct secure { /* zeroed, and then filled by these functions */
	enum secure_policy policy;
	struct tlsclient_options options;
	unsigned char (*pins)[TLS_DIGEST];
	int implicit;	  /* smtps:// */
	int look;	  /* set by the caller: TLS where it is offered, with
			     whomever, to be looked at */
	const char *via;  /* set by the caller: a proxy, behind which nothing
			     is this machine; NULL: none */
	int local;	  /* clear text does not leave this machine */
	int automatic;	  /* mx:// without a policy of the user's: that of
			     each host */
	int opened;	  /* the last server answered EHLO or HELO */
	int failed;	  /* SECURE_MAY: the server's TLS is broken */
	struct tlsclient *client; /* NULL: not needed so far */
};

/* One -o: 1 where it is of TLS and good, -1 where it is not good, 0 where it
 * is not of TLS. */
int secure_option(struct secure *s, struct slice key, struct slice value);

/* Settles what is asked for with the server "u", which outlives "s": 0, or -1
 * with EX_USAGE where that makes no sense. */
int secure_settle(struct secure *s, const struct url *u, struct fail *f);

/* The port of its URL, or the one that its scheme has. */
const char *secure_port(const struct url *u);

enum { SECURE_AGAIN = 1 };

/*
 * As smtp_open, with TLS as it is asked for.  SECURE_AGAIN: connect once more,
 * as TLS did not work and need not be.  -1 also with EX_TEMPFAIL where TLS
 * cannot be had: who stands in between must not make mail fail for good.
 */
int secure_open(struct secure *s, struct smtp *smtp, struct conn *c,
    const char *helo, struct fail *f);

/* What is asked for with one host of a domain. */
struct secure_host {
	const char *name;
	const char *port;
	enum secure_policy policy; /* where s->automatic */
	const struct dane *dane;   /* that it is verified by; NULL: none */
};

/* The next server is that host; what "h" points to outlives its sessions. */
void secure_choose(struct secure *s, const struct secure_host *h);

/* Keeps the session for the next time, and frees. */
void secure_end(struct secure *s);

#endif
