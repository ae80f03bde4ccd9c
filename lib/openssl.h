/* SPDX-License-Identifier: ISC */
/*
 * openssl: OpenSSL 3, loaded by the first who needs it.
 *
 * A program that is linked to libssl starts in three times the time of one
 * that is not, and most sessions need none of it: so the libraries are loaded
 * by dlopen(3), at run time.  Types and constants come from OpenSSL's headers.
 * A function is called through the table,
 *
 *	const struct openssl *o = openssl_load(f);
 *	SSL_CTX *ctx = o->SSL_CTX_new(o->TLS_method());
 *
 * and added to the lists below by who needs it.  What the headers define as a
 * macro has to be written as the call that it stands for.
 */
#ifndef OPENSSL_H
#define OPENSSL_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "fail.h"

#define OPENSSL_OF_CRYPTO(F) \
	/* errors, memory */ \
	F(CRYPTO_free) \
	F(ERR_clear_error) \
	F(ERR_get_error) \
	F(ERR_reason_error_string) \
	/* digests, random */ \
	F(EVP_Digest) \
	F(EVP_sha256) \
	F(RAND_bytes)

struct openssl {
#define OPENSSL_MEMBER(name) __typeof__(name) *name;
	OPENSSL_OF_CRYPTO(OPENSSL_MEMBER)
#undef OPENSSL_MEMBER
};

/*
 * The functions, for as long as the process lives; the first call loads the
 * libraries, and so do those after it that failed.  Who forks calls it before,
 * so that all its children share what is loaded.  NULL: EX_UNAVAILABLE, with a
 * sentence that names the library and its package.
 */
const struct openssl *openssl_load(struct fail *f);

/* Fills "f" with "what: " and the oldest error in OpenSSL's queue, empties
 * that, and returns -1. */
int openssl_fail(struct fail *f, int class, const char *what);

#endif
