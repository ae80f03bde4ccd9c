/* SPDX-License-Identifier: ISC */
/* starttls: the server's side of TLS: RFC 3207, and TLS from the first byte
 * (RFC 8314). */
#ifndef STARTTLS_H
#define STARTTLS_H

#include "session.h"

/*
 * Opens what the configuration says of TLS, before privileges are given up.
 * 0, with *out NULL where it says nothing, or -1 with EX_CONFIG.  Tickets that
 * are no good are logged, and there are none.
 */
int starttls_open(const struct conf *conf, struct tlsserver **out,
    struct fail *f);

/* For a listener, before its first connection: 0, or -1 (tlsserver_load);
 * before each what has changed is read anew: 1 where there was such. */
int starttls_prepare(struct tlsserver *t, struct fail *f);
int starttls_refresh(struct tlsserver *t);

/* The command. */
void starttls(void *ctx, struct slice arg);

/* TLS before the greeting: 0, or -1 where there is no session. */
int starttls_begin(struct session *s);

#endif
