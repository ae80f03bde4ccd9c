/* SPDX-License-Identifier: ISC */
/*
 * sasl: what both sides of an authentication share (RFC 4422): the mechanisms,
 * their names, and the lines that SMTP, POP3 and IMAP wrap them in.
 * saslclient.h and saslserver.h have the two sides.
 */
#ifndef SASL_H
#define SASL_H

#include "buf.h"
#include "fail.h"

/* In the order in which a client prefers them; saslclient.h says when. */
enum sasl_mechanism {
	SASL_NONE,
	SASL_EXTERNAL,	  /* RFC 4422, A: a client certificate */
	SASL_SCRAM_PLUS,  /* SCRAM-SHA-256-PLUS: bound to the TLS channel */
	SASL_SCRAM,	  /* SCRAM-SHA-256 (RFC 7677) */
	SASL_OAUTHBEARER, /* RFC 7628 */
	SASL_XOAUTH2,	  /* Google's and Microsoft's, before RFC 7628 */
	SASL_PLAIN,	  /* RFC 4616 */
	SASL_LOGIN,	  /* draft-murchison-sasl-login: old clients, servers */
	SASL_CRAM_MD5,	  /* RFC 2195: servers that keep passwords */
	SASL_MECHANISMS,
};

/* By its name, in any case of ASCII letters; SASL_NONE where there is none. */
enum sasl_mechanism sasl_find(struct slice name);

/* As it is registered; "" for SASL_NONE. */
const char *sasl_name(enum sasl_mechanism m);

/* 1 where whoever listens learns the password or the token, else 0. */
int sasl_is_clear(enum sasl_mechanism m);

/* Something of the TLS channel that both its ends, and nobody else, know:
 * "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929, 4). */
struct sasl_binding {
	const char *type;
	struct slice data;
};

/* 1 where "name" can be a user's: 1 to LIMIT_AUTH_NAME bytes of UTF-8 without
 * control characters and what is not seen.  Else 0. */
int sasl_name_ok(struct slice name);

/* 1 where "token" can be an OAuth token (RFC 6750, 2.1), else 0. */
int sasl_token_ok(struct slice token);

/* The digest of CRAM-MD5 in hexadecimal, with a NUL: 0, or -1 with
 * EX_UNAVAILABLE (digest.h). */
enum { SASL_CRAM_DIGEST = 33 };
int sasl_cram_md5(struct slice password, struct slice challenge,
    char out[SASL_CRAM_DIGEST], struct fail *f);

/*
 * Reads what a peer sent as one line without CRLF: base64, or nothing; as an
 * initial response ("initial") "=" is an empty one (RFC 4954, 4; RFC 4959, 3).
 * Adds the bytes to "out", which belongs to the caller.  0; 1 where the line
 * is "*", by which a client gives up; -1 with EX_PROTOCOL: it is no base64, or
 * longer than LIMIT_AUTH_LINE.
 */
int sasl_line_read(struct slice line, int initial, struct buf *out,
    struct fail *f);

/* Adds the line that stands for "bytes" to "out"; an empty initial response is
 * "=".  0, or -1 where the maximum is passed. */
int sasl_line_write(struct slice bytes, int initial, struct buf *out);

#endif
