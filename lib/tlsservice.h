/* SPDX-License-Identifier: ISC */
/*
 * tlsservice: TLS as a server's configuration has it, and the beginning of a
 * connection in it, for a server of any protocol that is line by line: by a
 * command (RFC 2595, RFC 3207) or from the first byte (RFC 8314).
 */
#ifndef TLSSERVICE_H
#define TLSSERVICE_H

#include "conf.h"
#include "conn.h"
#include "tlsserver.h"

/*
 * Opens what the configuration says of TLS, before privileges are given up;
 * "protocols" as tlsserver_options has it.  0, with *out NULL where it says
 * nothing, or -1 with EX_CONFIG.  Tickets that are no good are logged, and
 * there are none.
 */
int tlsservice_open(const struct conf *conf, const char *protocols,
    struct tlsserver **out, struct fail *f);

/* For a listener, before its first connection: 0, or -1 (tlsserver_load);
 * before each what has changed is read anew: 1 where there was such, or 0. */
int tlsservice_prepare(struct tlsserver *t, struct fail *f);
int tlsservice_refresh(struct tlsserver *t);

/* The handshake, as conn_start_tls, within "idle" seconds, and within
 * LIMIT_HANDSHAKE: 0, or -1, which is the end of the connection. */
int tlsservice_begin(struct conn *c, struct tls *t, unsigned idle,
    struct fail *f);

/* What it came to, for the log of a trace. */
void tlsservice_log(const struct conn *c);

#endif
