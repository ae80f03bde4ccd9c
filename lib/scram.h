/* SPDX-License-Identifier: ISC */
/*
 * scram: what both sides of SCRAM-SHA-256 compute (RFC 5802, 3; RFC 7677), and
 * what a server keeps of a password.
 *
 * As text a verifier is that of RFC 5803 with a comma for each colon, so that
 * it can be a field of the users file:
 *
 *	SCRAM-SHA-256$65536,SALT$STOREDKEY,SERVERKEY
 *
 * It holds secrets: whoever has it can play the server, and can try passwords.
 * Its owner wipes it.  -1 is EX_UNAVAILABLE where nothing else is said: no
 * OpenSSL (digest.h).
 */
#ifndef SCRAM_H
#define SCRAM_H

#include "buf.h"
#include "digest.h"
#include "limits.h"

enum { SCRAM_KEY = DIGEST_SHA256 };

struct scram_verifier {
	unsigned iterations;
	size_t nsalt;
	unsigned char salt[LIMIT_SCRAM_SALT];
	unsigned char stored[SCRAM_KEY]; /* StoredKey */
	unsigned char server[SCRAM_KEY]; /* ServerKey */
};

/* Fills in the two keys for a prepared password, by v->iterations and
 * v->salt; "client" gets ClientKey where it is not NULL. */
int scram_derive(struct slice password, struct scram_verifier *v,
    unsigned char client[SCRAM_KEY], struct fail *f);

/* A new verifier: a random salt and LIMIT_SCRAM_OURS iterations.  -1 may be
 * EX_TEMPFAIL, too. */
int scram_make(struct slice password, struct scram_verifier *v,
    struct fail *f);

/*
 * A verifier that no password has, for a user who is not there: the same for
 * the same "secret" and "user" (in any case of ASCII letters), with the
 * iterations that are set in "v".  Only who has the secret can tell it from a
 * true one.
 */
int scram_fake(struct slice secret, struct slice user,
    struct scram_verifier *v, struct fail *f);

/* From and to text: 0; -1 where it is none, or its iterations are out of
 * LIMIT_SCRAM_LEAST and _MOST; or the maximum of "out" is passed. */
int scram_read(struct slice text, struct scram_verifier *v);
int scram_write(const struct scram_verifier *v, struct buf *out);

/* The client's proof and the server's signature of an AuthMessage. */
int scram_proof(const struct scram_verifier *v,
    const unsigned char client[SCRAM_KEY], struct slice message,
    unsigned char proof[SCRAM_KEY], struct fail *f);
int scram_signature(const struct scram_verifier *v, struct slice message,
    unsigned char signature[SCRAM_KEY], struct fail *f);

/* 1 where "proof" shows that its maker knows the password, else 0. */
int scram_proves(const struct scram_verifier *v, struct slice message,
    struct slice proof, struct fail *f);

/* Takes "NAME=value" off the front of a message, and the comma behind it: 0;
 * -1 where it is not there, and nothing moved. */
int scram_take(struct slice *message, int name, struct slice *value);

/* Reads base64 of 1 to "max" bytes into "to": how many, or -1. */
int scram_bytes(struct slice base64, unsigned char *to, size_t max);

/* "name" as a saslname (RFC 5802, 5.1), and back: 0; -1 where the maximum is
 * passed, or it is none. */
int scram_name_write(struct slice name, struct buf *out);
int scram_name_read(struct slice saslname, struct buf *out);

#endif
