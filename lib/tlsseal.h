/* SPDX-License-Identifier: ISC */
/* tlsseal: TLS session tickets of a server, sealed and opened with the keys of
 * tlsticket.h.  Only tlsserver uses it. */
#ifndef TLSSEAL_H
#define TLSSEAL_H

#include <openssl/ssl.h>

#include "openssl.h"
#include "tlsticket.h"

/* Makes sessions of "ctx" resumable by a ticket for each, of which the server
 * keeps nothing, with the keys in "t", which outlives "ctx" and may change; or
 * not resumable at all where "t" has no keys yet. */
void tlsseal_set(SSL_CTX *ctx, struct tlsticket *t);

#endif
