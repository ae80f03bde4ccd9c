/* SPDX-License-Identifier: ISC */
/*
 * saslserver: the server's side of an authentication, as bytes in and bytes
 * out.  Who knows passwords is asked by callbacks, so that it can be another
 * process, or another program (authwrap.h).
 *
 *	saslserver_offer(&conf, out);		for EHLO, CAPA, CAPABILITY
 *	s = saslserver_new(&conf, name, f);	the client chose one
 *	saslserver_step(s, response, out, f);	until it is done or failed
 *	saslserver_user(s);			who that is
 *	saslserver_free(&s);
 *
 * A user who is not there takes as long and looks the same as one who is: the
 * callbacks see to the first for passwords, and for SCRAM this makes up a
 * verifier that nobody has.
 */
#ifndef SASLSERVER_H
#define SASLSERVER_H

#include "sasl.h"
#include "scram.h"

struct saslserver;

/* Each may be NULL: then the mechanisms that need it are not offered.  They
 * return 1 for yes, 0 for no, -1 with "f" where it cannot be told now
 * (EX_TEMPFAIL).  What they are given is valid during the call. */
struct saslserver_ops {
	/* PLAIN, LOGIN: is that the user's password?  It may be of any bytes,
	 * and empty. */
	int (*password)(void *ctx, struct slice user, struct slice password,
	    struct fail *f);
	/* SCRAM: fills in the user's verifier.  0: there is none; then "v" has
	 * a fake one (scram_fake), or no iterations, and one is made up that
	 * lasts as long as the process. */
	int (*verifier)(void *ctx, struct slice user,
	    struct scram_verifier *v, struct fail *f);
	/* CRAM-MD5: is "digest" (in hexadecimal) sasl_cram_md5 of the user's
	 * password and "challenge"? */
	int (*digest)(void *ctx, struct slice user, struct slice challenge,
	    struct slice digest, struct fail *f);
	/* OAUTHBEARER, XOAUTH2: is it a token of that user? */
	int (*token)(void *ctx, struct slice user, struct slice token,
	    struct fail *f);
};

struct saslserver_conf { /* borrowed until saslserver_free */
	const struct saslserver_ops *ops;
	void *ctx;		  /* for the callbacks */
	int private;		  /* TLS, loopback or a pipe */
	const char *host;	  /* our name, in challenges of CRAM-MD5 */
	struct slice certificate; /* the user whose certificate was verified;
				     empty: none */
	const struct sasl_binding *bindings; /* of the TLS channel */
	size_t nbindings;
};

/* Adds the names of the mechanisms that can be used now to "out", with spaces
 * between them.  What is clear (sasl_is_clear) is offered only where the
 * channel is private.  0, or -1 where the maximum is passed. */
int saslserver_offer(const struct saslserver_conf *conf, struct buf *out);

/* NULL: EX_UNAVAILABLE where that mechanism is not known or not offered (504
 * 5.5.4), EX_NOPERM where it would be on a private channel (538 5.7.11). */
struct saslserver *saslserver_new(const struct saslserver_conf *conf,
    struct slice mechanism, struct fail *f);

enum {
	SASLSERVER_MORE = 0, /* send "out" as a challenge, maybe an empty one */
	SASLSERVER_DONE = 1, /* the user is saslserver_user */
};

/*
 * Takes the client's response; first the initial one, NULL where it sent none.
 * "out", which is empty and has room for LIMIT_AUTH bytes, gets the challenge.
 * -1: EX_PROTOCOL, the response breaks the mechanism (501 5.5.2); EX_NOPERM,
 * refused (535 5.7.8); else not now (454 4.7.0).  The sentence is for the log
 * and names the user as the client did; it is the same whether there is such
 * a user or not.
 */
int saslserver_step(struct saslserver *s, const struct slice *response,
    struct buf *out, struct fail *f);

/* The user, as the client wrote the name; empty where none was told yet.
 * Valid until saslserver_free. */
struct slice saslserver_user(const struct saslserver *s);

enum sasl_mechanism saslserver_mechanism(const struct saslserver *s);

/* Wipes and frees; NULL is fine. */
void saslserver_free(struct saslserver **s);

#endif
