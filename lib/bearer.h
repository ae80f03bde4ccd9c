/* SPDX-License-Identifier: ISC */
/*
 * bearer: how OAUTHBEARER (RFC 7628, 3.1) and XOAUTH2 carry a user and a
 * token, for both sides.
 */
#ifndef BEARER_H
#define BEARER_H

#include "sasl.h"

struct bearer {
	struct slice user;
	struct slice token;
	const char *host; /* of the server, for OAUTHBEARER; NULL: not told */
	unsigned port;
};

/* Adds the initial response of the mechanism "m", one of the two, to "out": 0,
 * or -1 where the maximum is passed.  sasl_name_ok and sasl_token_ok hold. */
int bearer_write(enum sasl_mechanism m, const struct bearer *b,
    struct buf *out);

/* Reads one: adds the user to "user" and lets *token borrow from "in".  0, or
 * -1 where it is not of that form, or one of them not of its own.  Host and
 * port are passed over, and so is what else a client tells. */
int bearer_read(enum sasl_mechanism m, struct slice in, struct buf *user,
    struct slice *token);

/* The challenge that tells a client that its token is refused. */
const char *bearer_refusal(enum sasl_mechanism m);

#endif
