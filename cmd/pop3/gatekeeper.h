/* SPDX-License-Identifier: ISC */
/*
 * gatekeeper: the process behind the gate.  Started by root it can read the
 * users file; it decides about the login of one client, which can ask it
 * LIMIT_AUTH_ASKED times.
 *
 * Who logged in by the users file it becomes itself, and opens the maildrop;
 * it reads no more of what the side of the network says but the connection, or
 * bytes that come through that side where that is the TLS end.  With
 * "Checkpassword", with "Check-Token" where there is no users file, and for
 * users of the machine (mail-checkpw -P), it is that program which becomes the
 * user and runs pop3d-inetd -M; its first line is the reply.
 */
#ifndef GATEKEEPER_H
#define GATEKEEPER_H

#include "server.h"

/* Its life: "fd" is the socket to the side of the network, and there is no
 * other descriptor. */
void gatekeeper(const struct server *server, int fd);

/* For a listener: what all these processes need, done once.  Nothing of it has
 * to be: who needs it is told. */
void gatekeeper_prepare(const struct server *server);

#endif
