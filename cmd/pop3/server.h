/* SPDX-License-Identifier: ISC */
/* server: what all sessions of pop3d-inetd have in common. */
#ifndef SERVER_H
#define SERVER_H

#include "conf.h"
#include "rates.h"
#include "saslserver.h"
#include "tlsservice.h"

struct server {
	struct conf conf;
	const char *path;	/* of the configuration; NULL: the usual one */
	struct tlsserver *tls;	/* NULL: no TLS */
	struct rates *rates;	/* of all clients; NULL: none is limited */
	int implicit;		/* TLS from the first byte */
	int inside;		/* the user has logged in already */
	int trace;
	int failed;		/* why this process has no session */
};

/* Which mechanisms can be decided for this configuration, with callbacks of the
 * caller's: where there is one for passwords they are asked of the users file,
 * of "Checkpassword", or without both of the machine. */
void server_ops(const struct server *s, const struct saslserver_ops *all,
    struct saslserver_ops *out);

/* Adds what CAPA says of the login to "out", in lines that end in CRLF: USER,
 * SASL and the mechanisms, where any can be had, and UTF8. */
void server_capabilities(const struct saslserver_conf *sasl, struct buf *out);

#endif
