/* SPDX-License-Identifier: ISC */
/*
 * auth: AUTH, the server's side (RFC 4954).
 *
 * Only with -S, and only where nobody else listens: in TLS, or to a client on
 * this machine.  Mechanisms are those that credentials.h can decide, and
 * EXTERNAL where the client's certificate was verified.  Of a session
 * LIMIT_AUTH_FAILURES attempts may fail, each answered later than the last.
 */
#ifndef AUTH_H
#define AUTH_H

#include "session.h"

/* Puts the line of EHLO, where there is anything to be offered. */
void auth_offer(struct session *s);

/* May this client log in at all? */
int auth_is_offered(const struct session *s);

/* Who was found to be a user by other means is logged in. */
void auth_as(struct session *s, struct slice user);

/* The command. */
void auth(void *session, struct slice arg);

#endif
