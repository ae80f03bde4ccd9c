/* SPDX-License-Identifier: ISC */
/*
 * scramclient: the client's side of SCRAM-SHA-256, with channel binding or
 * without (RFC 5802, 5 to 7; RFC 7677), for saslclient.
 *
 *	step	reads			writes
 *	0	nothing			client-first-message
 *	1	server-first-message	client-final-message
 *	2	server-final-message	nothing, and the server is proved
 */
#ifndef SCRAMCLIENT_H
#define SCRAMCLIENT_H

#include "sasl.h"

struct scramclient;

struct scramclient_conf { /* borrowed until scramclient_free */
	struct slice user, authzid, password;
	int flag; /* of the GS2 header: 'p' binds to the channel; 'y' would
		     have, but the server does not offer it; 'n' could not */
	const struct sasl_binding *binding; /* for 'p' */
	const char *nonce; /* for tests; NULL: random */
};

/* NULL: EX_DATAERR for a password that cannot be one (password_prepare),
 * EX_TEMPFAIL. */
struct scramclient *scramclient_new(const struct scramclient_conf *conf,
    struct fail *f);

/*
 * The next message, added to "out": 0, or -1.  EX_PROTOCOL: the server's
 * message is not of the form, its nonce is not ours and more, it asks for
 * another count of iterations than LIMIT_SCRAM_LEAST to _MOST (few would make
 * the password easy to find, many would keep us busy), or wants an extension.
 * EX_NOPERM: it refuses ("e="), or its signature shows that it does not know
 * the password.  EX_DATAERR: no room in "out".  EX_UNAVAILABLE: no OpenSSL.
 */
int scramclient_step(struct scramclient *c, struct slice message,
    struct buf *out, struct fail *f);

/* 1 after the server's signature was found good, else 0. */
int scramclient_proved(const struct scramclient *c);

/* Wipes and frees; NULL is fine. */
void scramclient_free(struct scramclient **c);

#endif
