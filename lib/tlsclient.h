/* SPDX-License-Identifier: ISC */
/*
 * tlsclient: TLS with one server, as its client: whom to trust, and sessions
 * that go on where an earlier one ended, also in another process.
 */
#ifndef TLSCLIENT_H
#define TLSCLIENT_H

#include "tls.h"

struct dane;
struct tlsclient;

enum tlsclient_check {
	TLSCLIENT_STRICT, /* a certificate that is no good ends the handshake */
	TLSCLIENT_LOOK,	  /* it is a fact of the session, no more */
};

struct tlsclient_options { /* what it points to outlives the client */
	const char *host, *port; /* name or address, as asked for */
	const char *via;  /* the proxy that knows them; NULL: none.  Sessions
			     of another way are not gone on with */
	enum tlsclient_check check;
	const char *ca;	  /* a file of certificates to trust; NULL: the
			     system's, or $SSL_CERT_FILE, $SSL_CERT_DIR */
	const char *cert; /* file with our own chain; NULL: none */
	const char *key;  /* and its key; NULL: in the same file */
	const unsigned char (*pins)[TLS_DIGEST]; /* SHA-256 of public keys */
	size_t npins;
	const struct dane *dane; /* that is usable (dane.h); NULL: none */
	int fresh;	  /* no earlier session goes on: all is seen anew */
};

/*
 * The certificate of the server is good where a trusted authority vouches for
 * it, it is in time, and one of its alternative names is "host" (RFC 6125; a
 * wildcard is one whole label, the first; the subject's common name does not
 * count).  Where there are pins, its public key has to be one of them, and
 * that is enough: names, dates and authorities do not count, unless "ca" is
 * given as well; then they have to be good, too.
 *
 * Where there is DANE, it alone decides, without "ca", "pins" and the system's
 * authorities: a record of usage DANE-EE names the certificate or its key, and
 * names and dates do not count; one of DANE-TA names who vouches for it, in
 * time, for one of DANE's names (RFC 7672, 3.1).  DANE's first name is what SNI
 * asks for.
 *
 * NULL: EX_UNAVAILABLE (no OpenSSL), EX_CONFIG (a file is no good).
 */
struct tlsclient *tlsclient_new(const struct tlsclient_options *o,
    struct fail *f);

/* A session to be, for conn_start_tls; "c" outlives it.  NULL: EX_CONFIG (the
 * host's name cannot be in a certificate), EX_TEMPFAIL (also where OpenSSL can
 * use none of DANE's records). */
struct tls *tlsclient_session(struct tlsclient *c, struct fail *f);

/* Keeps what resumes the last session for the next process, and frees. */
void tlsclient_free(struct tlsclient **c);

/* Reads "sha256:" and a digest in hexadecimal or base64: 0, or -1. */
int tlsclient_pin(struct slice text, unsigned char out[TLS_DIGEST]);

#endif
