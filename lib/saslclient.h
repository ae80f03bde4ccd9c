/* SPDX-License-Identifier: ISC */
/*
 * saslclient: the client's side of an authentication, as bytes in and bytes
 * out.  The protocol that it runs in wraps them (sasl_line_read, _write):
 *
 *	c = saslclient_new(&conf, f);		chooses the mechanism
 *	saslclient_first(c, out, f);		the initial response
 *	saslclient_step(c, challenge, out, f);	for each challenge
 *	saslclient_end(c, f);			the server said yes
 *	saslclient_refused(c, f);		the server said no
 *	saslclient_free(&c);
 *
 * The first of these mechanisms that the server offers is chosen:
 *
 *	by a certificate	EXTERNAL
 *	by a token		OAUTHBEARER, XOAUTH2
 *	by a password		SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN,
 *				LOGIN, CRAM-MD5
 *
 * PLAIN stands before CRAM-MD5, as on a private channel the latter has nothing
 * to add, and asks the server to keep passwords as they are.  On a channel that
 * is not private, what sasl_is_clear (sasl.h) names is passed over.
 */
#ifndef SASLCLIENT_H
#define SASLCLIENT_H

#include "sasl.h"

struct saslclient;

/* What it points to lives until saslclient_free. */
struct saslclient_conf {
	struct slice offered;	  /* the server's mechanisms, in words */
	const char *mechanism;	  /* the one to use; NULL: the best */
	struct slice user;	  /* who logs in */
	struct slice authzid;	  /* to act as whom; empty: as the same */
	struct slice secret;	  /* password or token; empty: certificate */
	int token;		  /* "secret" is an OAuth token */
	int private;		  /* TLS, loopback or a pipe */
	int clear_allowed;	  /* the user wants it on any channel */
	const struct sasl_binding *binding; /* of the channel; NULL: none */
	const char *host;	  /* for OAUTHBEARER; NULL: not told */
	unsigned port;
};

/*
 * NULL: EX_NOPERM (nothing in common; nothing that may be used on a channel
 * that is not private), EX_CONFIG (conf->mechanism is unknown, or cannot be
 * used with what there is), EX_DATAERR (the name, the password or the token
 * cannot be sent).
 */
struct saslclient *saslclient_new(const struct saslclient_conf *conf,
    struct fail *f);

/* For protocols with a way to log in of their own: 0 where nothing that the
 * server offers can be used, so that it would be EX_NOPERM, and no mechanism
 * was asked for; else 1. */
int saslclient_fits(const struct saslclient_conf *conf);

/* The one that was chosen. */
enum sasl_mechanism saslclient_mechanism(const struct saslclient *c);

/*
 * The initial response, added to "out", which has room for LIMIT_AUTH bytes
 * and is wiped by the caller: 1; 0 where the mechanism has none, as the server
 * begins; -1 as of saslclient_step.
 */
int saslclient_first(struct saslclient *c, struct buf *out, struct fail *f);

/*
 * The answer to a challenge, added to "out".  0; -1 where the client gives up
 * (and says "*"): EX_PROTOCOL for a challenge that breaks the mechanism,
 * EX_NOPERM where the server refuses or does not prove that it knows the
 * password, EX_UNAVAILABLE without OpenSSL.
 */
int saslclient_step(struct saslclient *c, struct slice challenge,
    struct buf *out, struct fail *f);

/* The server said that it accepts: 0, or -1 with EX_PROTOCOL, where it had
 * something to show before, and that did not come. */
int saslclient_end(const struct saslclient *c, struct fail *f);

/* Adds what the server told about a refusal inside the mechanism (the JSON of
 * OAUTHBEARER and XOAUTH2), made safe, to the sentence in "f"; often none. */
void saslclient_refused(const struct saslclient *c, struct fail *f);

/* Wipes and frees; NULL is fine. */
void saslclient_free(struct saslclient **c);

#endif
