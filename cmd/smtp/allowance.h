/* SPDX-License-Identifier: ISC */
/*
 * allowance: how much each address may ask of us, over all its connections.
 *
 * Clients of this machine are exempt, and so are balancers ("Proxy-From") and
 * proxies ("Xclient-From") as long as they name nobody; who is named is not,
 * but for a proxy that a balancer names.
 * Without a listener, in a process for one connection, nobody remembers the
 * others.
 */
#ifndef ALLOWANCE_H
#define ALLOWANCE_H

#include "session.h"

/* Opens server->rates where the configuration has a limit that needs it: 0, or
 * -1 with EX_TEMPFAIL. */
int allowance_open(struct server *server, struct fail *f);

/* 1 for who is exempt, as above, else 0; and why one more connection of
 * "network" (peer.h) is refused, or NULL. */
int allowance_exempt(const struct server *server, const struct peer *peer);
const char *allowance_refusal(const struct server *server, uint64_t network);

/* The client is another than it seemed, s->peer: its connection is counted.
 * NULL, or the reply that ends it, which was logged. */
const char *allowance_named(struct session *s);

/* For MAIL and for RCPT: NULL, or the reply, which was logged. */
const char *allowance_message(const struct session *s);
const char *allowance_recipient(const struct session *s);

#endif
