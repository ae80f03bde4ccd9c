/* SPDX-License-Identifier: ISC */
/*
 * tls: one TLS session over the descriptors of a connection, for both ends.
 *
 * No call waits; conn.h has the calls that do.  tlsclient and tlsserver make
 * sessions.  TLS 1.2 and 1.3 alone are spoken, with authenticated encryption,
 * without renegotiation, compression and early data.
 */
#ifndef TLS_H
#define TLS_H

#include "buf.h"
#include "duplex.h"
#include "fail.h"
#include "limits.h"
#include "text.h"

struct ssl_st;
struct tls;

enum {
	TLS_AGAIN = -2, /* it would have to wait: for tls_wants() */
	TLS_DIGEST = 32,
	TLS_HEX = 2 * TLS_DIGEST + 1, /* room for one in hexadecimal */
};

/* What a handshake came to.  All of it is printable ASCII or made safe. */
struct tls_facts {
	char version[16];  /* "TLSv1.3" */
	char cipher[64];   /* "TLS_AES_256_GCM_SHA384" */
	int bits;	   /* of its key */
	int resumed;	   /* an earlier session goes on */
	int certificate;   /* the peer showed one */
	int verified;	   /* and it is good: trusted, in time, and for a server
			      it has the name that we asked for or the key
			      that was pinned */
	int dane;	   /* DANE's records are what it is good by */
	const char *why;   /* it is not good */
	char subject[TEXT_SHOWN]; /* of the peer's certificate (RFC 2253) */
	char email[LIMIT_AUTH_NAME + 1]; /* the address that it is for, as it
			      stands; empty where there are none or several */
	char fingerprint[TLS_HEX]; /* SHA-256 of it */
	char key[TLS_HEX];	  /* SHA-256 of its public key */
};

/* A session of "ssl", which is its own from now on. */
struct tls *tls_new(struct ssl_st *ssl);

/*
 * Does what can be done of the handshake on "d", which outlives "t": 0 where
 * it is complete; TLS_AGAIN; -1 with EX_TEMPFAIL, as whoever stands between
 * the two ends must not be able to make mail fail for good.
 */
int tls_handshake(struct tls *t, struct duplex *d, struct fail *f);

/* As duplex_read and duplex_write, with the sentence in "f" (EX_TEMPFAIL) and
 * TLS_AGAIN.  After TLS_AGAIN tls_write has to be given the same bytes.  Once
 * the peer has closed its side, by close_notify or by closing the connection,
 * nothing is read any more, in clear or else.  After -1 of any call others are
 * -1 with the same sentence. */
ssize_t tls_read(struct tls *t, char *to, size_t n, struct fail *f);
ssize_t tls_write(struct tls *t, struct slice s, struct fail *f);

/* After TLS_AGAIN of tls_handshake and tls_read: POLLIN or POLLOUT.  (That of
 * tls_write is for POLLOUT.) */
short tls_wants(const struct tls *t);

/* 1 where bytes came that tls_read has not seen, so that it is to be called
 * before anybody waits; 0. */
int tls_buffered(const struct tls *t);

/* 1 where the peer closed without close_notify: somebody else may have. */
int tls_truncated(const struct tls *t);

/* Says close_notify where the peer takes it, and frees. */
void tls_close(struct tls **t);

/* After the handshake; valid as long as "t". */
const struct tls_facts *tls_facts(const struct tls *t);

/* One certificate of the peer's chain; all of it is made safe. */
struct tls_certificate {
	char subject[TEXT_SHOWN], issuer[TEXT_SHOWN]; /* RFC 2253 */
	char names[1024];	   /* alternative ones, DNS and IP, in words;
				      cut to fit */
	char from[24], until[24];  /* when it is good: 2026-11-25T12:00:00Z */
	char fingerprint[TLS_HEX]; /* SHA-256 of it */
	char key[TLS_HEX];	   /* SHA-256 of its public key */
};

/* Fills "out" with up to "max" certificates that a server showed, its own
 * first, and returns how many; those of a resumed session are not there. */
size_t tls_chain(const struct tls *t, struct tls_certificate *out,
    size_t max);

enum tls_binding {
	TLS_EXPORTER,	      /* RFC 9266 */
	TLS_SERVER_END_POINT, /* RFC 5929, 4 */
};

/* Adds the channel binding to "out", for SASL.  0, or -1 with EX_UNAVAILABLE
 * where this session has none of that kind: TLS 1.2 without the extended
 * master secret; a certificate whose signature has no digest of its own. */
int tls_binding(const struct tls *t, enum tls_binding which, struct buf *out,
    struct fail *f);

#endif
