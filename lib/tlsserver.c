/* SPDX-License-Identifier: ISC */
/* tlsserver: TLS as a server; see tlsserver.h. */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/pem.h>

#include "limits.h"
#include "mem.h"
#include "tlscontext.h"
#include "tlspair.h"
#include "tlsseal.h"
#include "tlsserver.h"
#include "tlsticket.h"

/* What is read anew when a file has changed. */
struct material {
	struct tlspair *pairs; /* of options.n */
	struct tlsfile client_ca;
	SSL_CTX *ctx; /* NULL: the files are open, not read */
};

struct tlsserver {
	struct tlsserver_options options;
	struct material material;
	int failed; /* to be read; "failure" tells */
	struct fail failure;
	struct tlsticket tickets;
	struct tlsfile ticket_file; /* as it was when it was read */
	unsigned changes;
};

static void
close_material(const struct tlsserver *s, struct material *m)
{
	size_t i;

	for (i = 0; m->pairs != NULL && i < s->options.n; i++)
		tlspair_close(&m->pairs[i]);
	free(m->pairs);
	tlsfile_close(&m->client_ca);
	if (m->ctx != NULL)
		openssl_loaded()->SSL_CTX_free(m->ctx);
	*m = (struct material){ 0 };
}

static int
open_material(const struct tlsserver *s, struct material *m, struct fail *f)
{
	const struct tlsserver_options *o = &s->options;
	size_t i;

	*m = (struct material){ 0 };
	m->pairs = mem_alloc(o->n * sizeof(*m->pairs));
	for (i = 0; i < o->n; i++)
		if (tlspair_open(&m->pairs[i], o->certificates[i],
		    o->keys == NULL ? NULL : o->keys[i], f) == -1)
			return -1;
	if (o->client_ca != NULL)
		return tlsfile_open(&m->client_ca, o->client_ca, 0, f);
	return 0;
}

/* Gives the session every certificate that is good for "name", the first of
 * them last, as the last of a kind counts: how many. */
static size_t
use_named(const struct tlsserver *s, SSL *ssl, const char *name)
{
	const struct openssl *o = openssl_loaded();
	size_t i, n = 0;

	for (i = s->options.n; i > 0; i--) {
		const struct tlspair *p = &s->material.pairs[i - 1];

		if (o->X509_check_host(p->x, name, strlen(name), 0, NULL) != 1)
			continue;
		if (n++ == 0)
			o->SSL_certs_clear(ssl);
		(void)o->SSL_use_cert_and_key(ssl, p->x, p->pkey, p->chain, 1);
	}
	return n;
}

/* OpenSSL asks for certificates: 1, go on. */
static int
choose(SSL *ssl, void *arg)
{
	const struct openssl *o = openssl_loaded();
	const struct tlsserver *s = arg;
	const struct tlspair *first = s->material.pairs;
	const char *name = o->SSL_get_servername(ssl,
	    TLSEXT_NAMETYPE_host_name);

	if ((name != NULL && use_named(s, ssl, name) > 0) ||
	    use_named(s, ssl, s->options.hostname) > 0)
		return 1;
	o->SSL_certs_clear(ssl);
	(void)o->SSL_use_cert_and_key(ssl, first->x, first->pkey,
	    first->chain, 1);
	return 1;
}

static int
is_ours(const char *protocols, struct slice name)
{
	struct slice rest = slice_str(protocols), word;

	while (rest.n > 0) {
		(void)slice_until(&rest, ' ', &word);
		if (slice_eq(name, word))
			return 1;
	}
	return 0;
}

/* A client that speaks of another protocol was led here by somebody who wants
 * it to take our bytes for that one's (RFC 7301; the ALPACA attack). */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *outlen,
    const unsigned char *in, unsigned inlen, void *arg)
{
	struct slice offers = { (const char *)in, inlen }, name;

	(void)ssl;
	while (offers.n > 0) {
		if (slice_take(&offers, (size_t)slice_getc(&offers),
		    &name) == -1)
			break;
		if (!is_ours(arg, name))
			continue;
		*out = (const unsigned char *)name.p;
		*outlen = (unsigned char)name.n;
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Whether the certificate is good is a fact of the session: a server that
 * shows one that we do not know is not turned away for it. */
static int
take_note(int good, X509_STORE_CTX *store)
{
	(void)good;
	(void)store;
	return 1;
}

static int
add_authorities(SSL_CTX *ctx, BIO *b)
{
	const struct openssl *o = openssl_loaded();
	size_t n = 0;
	X509 *x;
	int ok = 1;

	while (ok && (x = o->PEM_read_bio_X509(b, NULL,
	    tlscontext_no_password, NULL)) != NULL) {
		ok = o->X509_STORE_add_cert(o->SSL_CTX_get_cert_store(ctx),
		    x) == 1 && o->SSL_CTX_add_client_CA(ctx, x) == 1;
		o->X509_free(x);
		n++;
	}
	return ok && n > 0 &&
	    ERR_GET_REASON(o->ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

/* No session goes on that other authorities vouched for. */
static int
name_sessions(SSL_CTX *ctx, struct slice authorities)
{
	const struct openssl *o = openssl_loaded();
	unsigned char digest[EVP_MAX_MD_SIZE];

	return o->EVP_Digest(authorities.p, authorities.n, digest, NULL,
	    o->EVP_sha256(), NULL) == 1 &&
	    o->SSL_CTX_set_session_id_context(ctx, digest, TLS_DIGEST) == 1 ?
	    0 : -1;
}

static int
ask_clients(const struct material *m, struct fail *f)
{
	const struct openssl *o = openssl_loaded();
	struct buf text = BUF(LIMIT_CONF);
	BIO *b = NULL;
	int rc = 0;

	if (m->client_ca.path != NULL &&
	    (rc = tlsfile_read(&m->client_ca, &text, f)) == 0) {
		o->ERR_clear_error();
		b = o->BIO_new_mem_buf(text.p, (int)text.n);
		if (b == NULL || !add_authorities(m->ctx, b))
			rc = tlscontext_fail(f, m->client_ca.path);
		o->SSL_CTX_set_verify(m->ctx, SSL_VERIFY_PEER, take_note);
	}
	if (rc == 0 && name_sessions(m->ctx, buf_slice(&text)) == -1)
		rc = openssl_fail(f, EX_UNAVAILABLE, "TLS");
	o->ERR_clear_error();
	o->BIO_free(b);
	buf_free(&text);
	return rc;
}

static int
read_material(struct tlsserver *s, struct material *m, struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	size_t i;

	if (o == NULL ||
	    (m->ctx = tlscontext_new(o->TLS_server_method(), f)) == NULL)
		return -1;
	for (i = 0; i < s->options.n; i++) {
		struct tlspair *p = &m->pairs[i];

		if (tlspair_read(p, f) == -1)
			return -1;
		if (o->SSL_CTX_use_cert_and_key(m->ctx, p->x, p->pkey,
		    p->chain, 1) != 1)
			return tlscontext_fail(f, p->certificate.path);
		tlsfile_close(&p->certificate);
		tlsfile_close(&p->key);
	}
	if (s->options.n > 1)
		o->SSL_CTX_set_cert_cb(m->ctx, choose, s);
	/* UNSAFE: choose_protocol only reads them */
	o->SSL_CTX_set_alpn_select_cb(m->ctx, choose_protocol,
	    (void *)(uintptr_t)s->options.protocols);
	tlsseal_set(m->ctx, &s->tickets);
	return ask_clients(m, f);
}

struct tlsserver *
tlsserver_open(const struct tlsserver_options *o, struct fail *f)
{
	struct tlsserver *s = mem_alloc(sizeof(*s));

	s->options = *o;
	if (open_material(s, &s->material, f) == -1)
		tlsserver_free(&s);
	return s;
}

int
tlsserver_tickets(struct tlsserver *s, struct fail *f)
{
	const char *path = s->options.tickets;
	time_t now = time(NULL);

	if (path == NULL) {
		int rc = tlsticket_rotate(&s->tickets, now, f);

		s->changes += rc == 1;
		return rc == -1 ? -1 : 0;
	}
	if (s->tickets.keys[0].made != 0 &&
	    now - s->tickets.keys[0].made < TLSTICKET_PERIOD &&
	    !tlsfile_changed(&s->ticket_file))
		return 0;
	if (tlsticket_load(&s->tickets, path, now, f) == -1)
		return -1;
	s->changes++;
	s->ticket_file.path = path;
	s->ticket_file.fd = -1;
	(void)stat(path, &s->ticket_file.seen);
	return 0;
}

int
tlsserver_load(struct tlsserver *s, struct fail *f)
{
	if (s->material.ctx == NULL)
		s->failed = read_material(s, &s->material, &s->failure) == -1;
	if (!s->failed)
		return 0;
	*f = s->failure;
	return -1;
}

void
tlsserver_rehearse(struct tlsserver *s)
{
	const struct openssl *o = openssl_loaded();
	struct fail f;
	SSL_CTX *ctx = tlscontext_new(o->TLS_client_method(), &f);
	SSL *ssl = ctx == NULL ? NULL : o->SSL_new(ctx);
	struct tls *ends[2] = { NULL, tlsserver_session(s, &f) };
	struct duplex d[2];
	int pair[2], i;
	char byte;

	if (ssl != NULL && ends[1] != NULL &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
		o->SSL_set_connect_state(ssl);
		ends[0] = tls_new(ssl);
		ssl = NULL;
		for (i = 0; i < 2; i++)
			d[i] = duplex_of(pair[i], pair[i]);
		for (i = 0; i < 6; i++)
			(void)tls_handshake(ends[i & 1], &d[i & 1], &f);
		(void)tls_write(ends[0], SLICE("x"), &f);
		(void)tls_read(ends[1], &byte, 1, &f);
		tls_close(&ends[0]);
		tls_close(&ends[1]);
		duplex_close(&d[0]);
		duplex_close(&d[1]);
	}
	tls_close(&ends[1]);
	o->SSL_free(ssl);
	o->SSL_CTX_free(ctx);
}

static int
has_changed(const struct tlsserver *s)
{
	size_t i;

	for (i = 0; i < s->options.n; i++)
		if (tlspair_changed(&s->material.pairs[i]))
			return 1;
	return tlsfile_changed(&s->material.client_ca);
}

int
tlsserver_refresh(struct tlsserver *s, struct fail *f)
{
	struct material next;
	size_t i;

	if (!has_changed(s))
		return 0;
	if (open_material(s, &next, f) == 0 &&
	    read_material(s, &next, f) == 0) {
		close_material(s, &s->material);
		s->material = next;
		s->failed = 0;
		s->changes++;
		return 0;
	}
	/* Once for each change. */
	for (i = 0; i < s->options.n; i++) {
		s->material.pairs[i].certificate.seen =
		    next.pairs[i].certificate.seen;
		s->material.pairs[i].key.seen = next.pairs[i].key.seen;
	}
	s->material.client_ca.seen = next.client_ca.seen;
	close_material(s, &next);
	return -1;
}

unsigned
tlsserver_changes(const struct tlsserver *s)
{
	return s->changes;
}

struct tls *
tlsserver_session(struct tlsserver *s, struct fail *f)
{
	const struct openssl *o;
	SSL *ssl;

	if (tlsserver_load(s, f) == -1)
		return NULL;
	o = openssl_loaded();
	o->ERR_clear_error();
	if ((ssl = o->SSL_new(s->material.ctx)) == NULL) {
		(void)openssl_fail(f, EX_TEMPFAIL, "TLS");
		return NULL;
	}
	o->SSL_set_accept_state(ssl);
	return tls_new(ssl);
}

void
tlsserver_free(struct tlsserver **s)
{
	if (*s == NULL)
		return;
	close_material(*s, &(*s)->material);
	explicit_bzero(&(*s)->tickets, sizeof((*s)->tickets));
	free(*s);
	*s = NULL;
}
