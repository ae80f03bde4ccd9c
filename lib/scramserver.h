/* SPDX-License-Identifier: ISC */
/*
 * scramserver: the server's side of SCRAM-SHA-256, with channel binding or
 * without (RFC 5802, 5 to 7; RFC 7677), for saslserver.
 *
 *	step	reads			writes
 *	0	client-first-message	server-first-message
 *	1	client-final-message	server-final-message
 *
 * Between 0 and its answer the caller finds out the user's verifier.
 */
#ifndef SCRAMSERVER_H
#define SCRAMSERVER_H

#include "sasl.h"
#include "scram.h"

struct scramserver;

struct scramserver_conf { /* borrowed until scramserver_free */
	int plus; /* the mechanism is the one with channel binding */
	const struct sasl_binding *bindings; /* that the channel has; with one
					at least, the other is offered too */
	size_t nbindings;
	const char *nonce; /* for tests; NULL: random */
};

struct scramserver *scramserver_new(const struct scramserver_conf *conf);

/*
 * Reads the client's first message.  0; -1 with EX_PROTOCOL: it is not of the
 * form, wants an extension, or asks for a channel binding that is not there;
 * or with EX_NOPERM: it says that we offer none, which somebody between made
 * it believe ("y"), or wants to act as another user.
 */
int scramserver_first(struct scramserver *s, struct slice message,
    struct fail *f);

/* Who that is; valid until scramserver_free. */
struct slice scramserver_user(const struct scramserver *s);

/* Adds the answer to "out", by a verifier which may be a fake one: then
 * "known" is 0, and no proof will do.  0, or -1: EX_TEMPFAIL, EX_SOFTWARE. */
int scramserver_challenge(struct scramserver *s,
    const struct scram_verifier *v, int known, struct buf *out,
    struct fail *f);

/*
 * Reads the client's final message and adds the server's to "out": 0, the
 * client has proved that it knows the password.  -1: EX_NOPERM (it has not; or
 * binds to another channel), EX_PROTOCOL (not of the form), EX_UNAVAILABLE.
 */
int scramserver_final(struct scramserver *s, struct slice message,
    struct buf *out, struct fail *f);

/* Wipes and frees; NULL is fine. */
void scramserver_free(struct scramserver **s);

#endif
