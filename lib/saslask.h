/* SPDX-License-Identifier: ISC */
/*
 * saslask: the server's side of an authentication as lines on a connection:
 * the same in SMTP (RFC 4954), POP3 (RFC 5034) and IMAP (RFC 9051), which
 * differ in what stands before a challenge, and in their replies.  saslserver.h
 * has the mechanisms; who takes the steps there may be another process.
 */
#ifndef SASLASK_H
#define SASLASK_H

#include "conn.h"
#include "saslserver.h"

struct saslask {
	struct conn *conn;
	const char *prefix; /* of a challenge: "334 ", "+ " */
	int trace;	    /* there are challenges and responses: to the log */
	/* Takes a response: as saslserver_step. */
	int (*step)(void *ctx, const struct slice *response, struct buf *out,
	    struct fail *f);
	/* Reads the client's next line, of LIMIT_AUTH_LINE bytes at most: 1,
	 * or 0 where there is none, which was seen to. */
	int (*response)(void *ctx, struct conn_line *line);
	void *ctx;
};

enum saslask_result {
	SASLASK_DONE,	    /* who it is, saslserver_user knows */
	SASLASK_FAILED,   /* "f" is that of "step" */
	SASLASK_BASE64,   /* the client sent something else */
	SASLASK_LONG,	    /* a line that is too long */
	SASLASK_GIVEN_UP, /* the client's wish */
	SASLASK_LOST,	    /* there is no client any more */
};

/* All of it; "initial" is what stands behind the mechanism's name, empty where
 * nothing does. */
enum saslask_result saslask_run(const struct saslask *s,
    struct slice initial, struct fail *f);

/* What saslserver_conf is to be told of the connection. */
struct saslask_channel {
	struct sasl_binding bindings[2];
	size_t nbindings;
	struct slice certificate; /* whose was verified; empty: nobody's */
	struct buf data[2];
};

/* Of "c" as it is now; valid as long as that is in the same TLS session. */
void saslask_channel_of(struct saslask_channel *ch, const struct conn *c);
void saslask_channel_free(struct saslask_channel *ch);

/* Waits after so many "failures" (1 and up) to log in: each costs the client
 * more time, 1 second, 2, LIMIT_AUTH_DELAY. */
void saslask_pause(unsigned failures);

#endif
