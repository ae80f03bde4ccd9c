/* SPDX-License-Identifier: ISC */
/*
 * xclient: a client behind a proxy that speaks SMTP itself, and says by XCLIENT
 * who it is (https://www.postfix.org/XCLIENT_README.html).
 *
 * Only "Xclient-From" is believed, and once in a connection: what comes later
 * may be the client's own words, which the proxy hands on.  The session begins
 * anew, with nothing of what was said before but for TLS.  The client is never
 * of this machine, as proxyfrom.h has it.  In clear text there is no STARTTLS
 * behind XCLIENT: what it said could not be believed any more (RFC 3207, 4.2),
 * and the client is not the proxy.
 */
#ifndef XCLIENT_H
#define XCLIENT_H

#include "session.h"

/* Puts the line of EHLO, where the peer may say it. */
void xclient_offer(struct session *s);

/* The command. */
void xclient(void *session, struct slice arg);

#endif
