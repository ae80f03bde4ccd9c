/* SPDX-License-Identifier: ISC */
/* insider: the session of a user who has logged in already, as the user: after
 * a checkpassword program, or at the end of a pipe. */
#ifndef INSIDER_H
#define INSIDER_H

#include "conn.h"
#include "peer.h"
#include "server.h"

/* Serves the Maildir that MAILDIR names, else ~/Maildir; the greeting is "+OK",
 * or the reason why not, "-ERR".  The status of the process: as maildrop_serve,
 * or what the Maildir could not be opened for. */
int insider_run(const struct server *server, struct conn *c,
    const struct peer *peer);

#endif
