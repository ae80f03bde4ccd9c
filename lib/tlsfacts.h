/* SPDX-License-Identifier: ISC */
/* tlsfacts: what OpenSSL knows of a session and its certificates, in our
 * words.  Only the modules of TLS use it. */
#ifndef TLSFACTS_H
#define TLSFACTS_H

#include <openssl/ssl.h>

#include "openssl.h"
#include "tls.h"

/* Fills the facts after a handshake. */
void tlsfacts_learn(const struct openssl *o, SSL *ssl, struct tls_facts *t);

/* As tls_chain. */
size_t tlsfacts_chain(const struct openssl *o, SSL *ssl,
    struct tls_certificate *out, size_t max);

/* Why a certificate is no good, X509_V_OK aside; a string that lasts. */
const char *tlsfacts_why(const struct openssl *o, long result);

/* The SHA-256 of a certificate's public key (its SubjectPublicKeyInfo, as RFC
 * 7469 and RFC 6698 have it): 0, or -1. */
int tlsfacts_key(const struct openssl *o, X509 *x,
    unsigned char out[TLS_DIGEST]);

/* The channel bindings: their length, 0 where there is none. */
size_t tlsfacts_exporter(const struct openssl *o, SSL *ssl,
    unsigned char out[EVP_MAX_MD_SIZE]);
size_t tlsfacts_end_point(const struct openssl *o, SSL *ssl,
    unsigned char out[EVP_MAX_MD_SIZE]);

#endif
