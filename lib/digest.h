/* SPDX-License-Identifier: ISC */
/*
 * digest: digests, what is built from them, and random bytes.
 *
 * They are OpenSSL's, which the first call loads (openssl.h); who wants to
 * load it early calls openssl_load.  -1 is EX_UNAVAILABLE: OpenSSL is not
 * there or will not do it; "to" is then not to be used.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

#include "fail.h"
#include "slice.h"

enum {
	DIGEST_MD5 = 16,    /* bytes */
	DIGEST_SHA256 = 32,
};

int digest_md5(struct slice in, unsigned char to[DIGEST_MD5], struct fail *f);
int digest_sha256(struct slice in, unsigned char to[DIGEST_SHA256],
    struct fail *f);

/* The same of bytes that come in pieces: NULL, or -1, as above; digest_end
 * frees, also where an earlier call failed, and what is NULL. */
struct digest;
struct digest *digest_begin(struct fail *f);
int digest_add(struct digest *d, struct slice in, struct fail *f);
int digest_end(struct digest **d, unsigned char to[DIGEST_SHA256],
    struct fail *f);

/* RFC 2104.  "key" may have any length. */
int digest_hmac_sha256(struct slice key, struct slice in,
    unsigned char to[DIGEST_SHA256], struct fail *f);
int digest_hmac_md5(struct slice key, struct slice in,
    unsigned char to[DIGEST_MD5], struct fail *f);

/* PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-256, one block long: Hi() of RFC 5802.
 * "iterations" is at least 1. */
struct digest_pbkdf2 {
	struct slice password, salt;
	unsigned iterations;
};
int digest_pbkdf2(const struct digest_pbkdf2 *p,
    unsigned char to[DIGEST_SHA256], struct fail *f);

/* Fills "to" with bytes that nobody can guess, up to 256, from the kernel and
 * without OpenSSL: 0, or -1 with EX_TEMPFAIL. */
int digest_random(void *to, size_t n, struct fail *f);

/* 1 where both have the same bytes, else 0.  The time it takes depends on the
 * lengths alone, which are no secret. */
int digest_equal(struct slice a, struct slice b);

#endif
