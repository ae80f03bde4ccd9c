/* SPDX-License-Identifier: ISC */
/* tls: one TLS session; see tls.h.  What makes facts of one is in
 * tlsfacts.c. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include <openssl/ssl.h>

#include "mem.h"
#include "openssl.h"
#include "tls.h"
#include "tlsfacts.h"

struct tls {
	const struct openssl *o;
	SSL *ssl;
	struct duplex *duplex; /* NULL before the handshake */
	short wants;
	int established;
	int ended;     /* the peer's side is closed */
	int truncated; /* without close_notify */
	int broken;
	struct fail why; /* it is */
	int error; /* of the descriptor, or 0 */
	struct tls_facts facts;
};

struct tls *
tls_new(struct ssl_st *ssl)
{
	struct tls *t = mem_alloc(sizeof(*t));
	struct fail ignored;

	t->o = openssl_load(&ignored); /* who has a SSL has loaded it */
	t->ssl = ssl;
	t->wants = POLLIN;
	return t;
}

/* The BIO: descriptors that would wait make OpenSSL come back. */

static int
retry(struct tls *t, BIO *b, int flags)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		t->o->BIO_set_flags(b, flags | BIO_FLAGS_SHOULD_RETRY);
	else
		t->error = errno;
	return -1;
}

static int
bio_read(BIO *b, char *to, int n)
{
	struct tls *t = openssl_loaded()->BIO_get_data(b);
	ssize_t got = duplex_read(t->duplex, to, (size_t)n);

	t->o->BIO_clear_flags(b, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
	return got == -1 ? retry(t, b, BIO_FLAGS_READ) : (int)got;
}

static int
bio_write(BIO *b, const char *from, int n)
{
	struct tls *t = openssl_loaded()->BIO_get_data(b);
	ssize_t put = duplex_write(t->duplex,
	    (struct slice){ from, (size_t)n });

	t->o->BIO_clear_flags(b, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
	return put == -1 ? retry(t, b, BIO_FLAGS_WRITE) : (int)put;
}

static long
bio_control(BIO *b, int command, long number, void *p)
{
	struct tls *t = openssl_loaded()->BIO_get_data(b);

	(void)number;
	(void)p;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return t->duplex->ended;
	default:
		return 0;
	}
}

/* Puts a BIO on "d" under the session: 0, or -1. */
static int
attach(struct tls *t, struct duplex *d)
{
	static BIO_METHOD *method;
	const struct openssl *o = t->o;
	BIO *b;

	if (method == NULL) {
		method = o->BIO_meth_new(o->BIO_get_new_index() |
		    BIO_TYPE_SOURCE_SINK, "mailpipe");
		if (method == NULL ||
		    o->BIO_meth_set_read(method, bio_read) != 1 ||
		    o->BIO_meth_set_write(method, bio_write) != 1 ||
		    o->BIO_meth_set_ctrl(method, bio_control) != 1)
			return -1;
	}
	if ((b = o->BIO_new(method)) == NULL)
		return -1;
	t->duplex = d;
	o->BIO_set_data(b, t);
	o->BIO_set_init(b, 1);
	o->SSL_set_bio(t->ssl, b, b);
	return 0;
}

/* What a call that came to nothing is to be: TLS_AGAIN, 0 for the end, -1. */
static int
outcome(struct tls *t, int rc)
{
	switch (t->o->SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		t->wants = POLLIN;
		return TLS_AGAIN;
	case SSL_ERROR_WANT_WRITE:
		t->wants = POLLOUT;
		return TLS_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		t->ended = 1;
		return 0;
	default:
		return -1;
	}
}

/* OpenSSL says nothing of the descriptor. */
static int
failed(const struct tls *t, const char *what, struct fail *f)
{
	if (t->error == 0)
		return openssl_fail(f, EX_TEMPFAIL, what);
	errno = t->error;
	return fail_errno(f, EX_TEMPFAIL, "%s", what);
}

/* For all who come later: -1. */
static int
broke(struct tls *t, const struct fail *why)
{
	t->broken = 1;
	t->why = *why;
	return -1;
}

static int
no_session(const struct tls *t, struct fail *f)
{
	if (!t->broken)
		return fail_set(f, EX_TEMPFAIL, "TLS: there is no session");
	*f = t->why;
	return -1;
}

/* Why the handshake failed. */
static int
handshake_failed(struct tls *t, struct fail *f)
{
	const struct openssl *o = t->o;
	int reason = ERR_GET_REASON(o->ERR_peek_error());
	long verified = o->SSL_get_verify_result(t->ssl);

	if (t->duplex->ended)
		return fail_set(f, EX_TEMPFAIL,
		    "closed by the peer in the TLS handshake");
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK)
		return fail_set(f, EX_TEMPFAIL, "certificate: %s",
		    tlsfacts_why(o, verified));
	return failed(t, "TLS handshake", f);
}

int
tls_handshake(struct tls *t, struct duplex *d, struct fail *f)
{
	int rc;

	if (t->duplex == NULL && attach(t, d) == -1)
		return openssl_fail(f, EX_TEMPFAIL, "TLS");
	t->o->ERR_clear_error();
	if ((rc = t->o->SSL_do_handshake(t->ssl)) == 1) {
		t->established = 1;
		tlsfacts_learn(t->o, t->ssl, &t->facts);
		return 0;
	}
	if (outcome(t, rc) == TLS_AGAIN)
		return TLS_AGAIN;
	(void)handshake_failed(t, f);
	return broke(t, f);
}

ssize_t
tls_read(struct tls *t, char *to, size_t n, struct fail *f)
{
	size_t got;
	int rc;

	if (t->ended)
		return 0;
	if (!t->established || t->broken)
		return no_session(t, f);
	t->o->ERR_clear_error();
	if (t->o->SSL_read_ex(t->ssl, to, n, &got) == 1)
		return (ssize_t)got;
	if ((rc = outcome(t, 0)) != -1)
		return rc;
	if (t->duplex->ended) {
		t->ended = t->truncated = 1;
		(void)fail_set(f, EX_TEMPFAIL, "TLS: closed by the peer");
		(void)broke(t, f);
		return 0;
	}
	(void)failed(t, "TLS: read from the peer", f);
	return broke(t, f);
}

ssize_t
tls_write(struct tls *t, struct slice s, struct fail *f)
{
	size_t put;

	if (!t->established || t->broken)
		return no_session(t, f);
	t->o->ERR_clear_error();
	if (t->o->SSL_write_ex(t->ssl, s.p, s.n, &put) == 1)
		return (ssize_t)put;
	/* There is no renegotiation: a write never waits to read. */
	if (t->o->SSL_get_error(t->ssl, 0) == SSL_ERROR_WANT_WRITE)
		return TLS_AGAIN;
	(void)failed(t, "TLS: write to the peer", f);
	return broke(t, f);
}

short
tls_wants(const struct tls *t)
{
	return t->wants;
}

int
tls_buffered(const struct tls *t)
{
	return t->o->SSL_has_pending(t->ssl);
}

int
tls_truncated(const struct tls *t)
{
	return t->truncated;
}

void
tls_close(struct tls **t)
{
	if (*t == NULL)
		return;
	(*t)->o->ERR_clear_error();
	if ((*t)->established && !(*t)->broken)
		(void)(*t)->o->SSL_shutdown((*t)->ssl);
	(*t)->o->ERR_clear_error();
	(*t)->o->SSL_free((*t)->ssl);
	free(*t);
	*t = NULL;
}

const struct tls_facts *
tls_facts(const struct tls *t)
{
	return &t->facts;
}

size_t
tls_chain(const struct tls *t, struct tls_certificate *out, size_t max)
{
	return tlsfacts_chain(t->o, t->ssl, out, max);
}

int
tls_binding(const struct tls *t, enum tls_binding which, struct buf *out,
    struct fail *f)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	size_t n = which == TLS_EXPORTER ?
	    tlsfacts_exporter(t->o, t->ssl, bytes) :
	    tlsfacts_end_point(t->o, t->ssl, bytes);

	t->o->ERR_clear_error();
	if (n == 0 || buf_add(out, (struct slice){ (char *)bytes, n }) == -1)
		return fail_set(f, EX_UNAVAILABLE,
		    "TLS: the session has no such channel binding");
	return 0;
}
