/* SPDX-License-Identifier: ISC */
/* starttls: the server's side of TLS: RFC 3207, and TLS from the first byte
 * (RFC 8314). */
#ifndef STARTTLS_H
#define STARTTLS_H

#include "session.h"

/* The command. */
void starttls(void *ctx, struct slice arg);

/* TLS before the greeting: 0, or -1 where there is no session. */
int starttls_begin(struct session *s);

#endif
