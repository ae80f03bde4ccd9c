/* SPDX-License-Identifier: ISC */
/* tlscontext: what clients and servers ask of TLS alike.  Only the modules of
 * TLS use it. */
#ifndef TLSCONTEXT_H
#define TLSCONTEXT_H

#include <openssl/ssl.h>

#include "openssl.h"

/*
 * A context with TLS 1.2 (or what the system's policy has above it) and 1.3,
 * ephemeral key exchange and authenticated encryption alone, keys of 112 bits
 * or more, no renegotiation, no compression, and buffers that an idle session
 * does not keep.  NULL: EX_UNAVAILABLE.
 */
SSL_CTX *tlscontext_new(const SSL_METHOD *method, struct fail *f);

/* Fills "f" with EX_CONFIG, the name of a file, and why OpenSSL cannot use it,
 * and returns -1. */
int tlscontext_fail(struct fail *f, const char *path);

/* For pem_password_cb: a key with a password is refused, nobody is asked. */
int tlscontext_no_password(char *to, int n, int writing, void *arg);

#endif
