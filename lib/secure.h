/* SPDX-License-Identifier: ISC */
/*
 * secure: whether a client's session is in TLS, and whom it trusts: what the
 * user asked for, whatever the protocol.  How TLS is begun there (STARTTLS,
 * STLS) is the protocol's.
 */
#ifndef SECURE_H
#define SECURE_H

#include "conn.h"
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
	int implicit;	  /* TLS from the first byte on */
	int look;	  /* set by the caller: TLS where it is offered, with
			     whomever, to be looked at */
	const char *via;  /* set by the caller: a proxy, behind which nothing
			     is this machine; NULL: none */
	int local;	  /* clear text does not leave this machine */
	int automatic;	  /* no policy is the user's: that of each host */
	int failed;	  /* SECURE_MAY: the server's TLS is broken */
	struct tlsclient *client; /* NULL: not needed so far */
};

/* One -o: 1 where it is of TLS and good, -1 where it is not good, 0 where it
 * is not of TLS. */
int secure_option(struct secure *s, struct slice key, struct slice value);

/* Settles what is asked for with the server "u", whose scheme it is; both
 * outlive "s": 0, or -1 with EX_USAGE where that makes no sense. */
int secure_settle(struct secure *s, const struct url *u,
    const struct url_scheme *scheme, struct fail *f);

/* 1 where a password may be shown on "c": it is in TLS with whom it should be,
 * or with whomever where that was said to do, or it does not leave this
 * machine.  Else 0. */
int secure_private(const struct secure *s, const struct conn *c);

/* 1 where the server's offer of TLS is to be taken, or TLS is to be missed
 * where there is none; 0 where the session is in TLS, or goes without. */
int secure_wanted(const struct secure *s);

/* A session to be, for conn_start_tls.  NULL: as tlsclient_new and
 * tlsclient_session. */
struct tls *secure_session(struct secure *s, struct fail *f);

/* TLS before anything was said, where the scheme has it: 0; -1 as
 * secure_session and conn_start_tls.  "seconds" are for the handshake; 0:
 * LIMIT_HANDSHAKE. */
int secure_begin(struct secure *s, struct conn *c, unsigned seconds,
    struct fail *f);

/* The server does not offer TLS, or where "refused" refuses it for the reason
 * in "f": 0 where it goes without; -1 with EX_TEMPFAIL, as who stands in
 * between must not make anything fail for good. */
int secure_missing(const struct secure *s, int refused, struct fail *f);

/* After conn_start_tls failed for the reason in "f": SECURE_AGAIN: connect once
 * more, as TLS did not work, and need not be; -1. */
enum { SECURE_AGAIN = 1 };
int secure_failed(struct secure *s, const struct conn *c,
    const struct fail *f);

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
