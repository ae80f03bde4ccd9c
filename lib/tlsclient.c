/* SPDX-License-Identifier: ISC */
/* tlsclient: TLS with one server; see tlsclient.h. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "dane.h"
#include "enc.h"
#include "ip.h"
#include "mem.h"
#include "tlscache.h"
#include "tlsclient.h"
#include "tlscontext.h"
#include "tlsfacts.h"

enum {
	NAME = 256,
	RESUME = 86400, /* seconds: the certificate is seen once a day */
};

struct tlsclient {
	const struct openssl *o;
	SSL_CTX *ctx;
	struct tlsclient_options options;
	char host[NAME];  /* without the dot of the root */
	int is_address;
	char file[sizeof("tls-") + TLS_HEX]; /* of the cache */
	struct buf saved; /* the last session, as DER */
	int fresh;	  /* it is newer than the file */
};

int
tlsclient_pin(struct slice text, unsigned char out[TLS_DIGEST])
{
	struct buf bytes = BUF(4096);
	struct enc_decoder d;
	size_t i;
	int rc = -1, byte;

	if (!slice_casestarts(text, SLICE("sha256:")))
		return -1;
	text = slice_sub(text, 7, text.n);
	if (text.n == (size_t)2 * TLS_DIGEST) {
		for (i = 0; i < TLS_DIGEST; i++) {
			if ((byte = slice_hexbyte(&text)) == -1)
				return -1;
			out[i] = (unsigned char)byte;
		}
		return 0;
	}
	enc_decoder_init(&d, ENC_BASE64);
	if (text.n == 44 && enc_decode(&d, text, &bytes) == 0 &&
	    enc_decode_end(&d, &bytes) == 0 && d.flaws == 0 &&
	    bytes.n == TLS_DIGEST) {
		memcpy(out, bytes.p, TLS_DIGEST);
		rc = 0;
	}
	buf_free(&bytes);
	return rc;
}

static int
is_pinned(const struct tlsclient *c, X509 *x)
{
	unsigned char digest[TLS_DIGEST];
	size_t i;

	if (x == NULL || tlsfacts_key(c->o, x, digest) == -1)
		return 0;
	for (i = 0; i < c->options.npins; i++)
		if (memcmp(c->options.pins[i], digest, TLS_DIGEST) == 0)
			return 1;
	return 0;
}

/* In place of OpenSSL's own: 1 where the handshake may go on.  What the store
 * has as error is the verdict. */
static int
verify(X509_STORE_CTX *store, void *arg)
{
	const struct tlsclient *c = arg;
	const struct openssl *o = c->o;
	int good;

	if (c->options.dane != NULL) {
		good = o->X509_verify_cert(store) == 1;
	} else if (c->options.npins > 0 &&
	    !is_pinned(c, o->X509_STORE_CTX_get0_cert(store))) {
		o->X509_STORE_CTX_set_error(store,
		    X509_V_ERR_APPLICATION_VERIFICATION);
		good = 0;
	} else if (c->options.npins > 0 && c->options.ca == NULL) {
		o->X509_STORE_CTX_set_error(store, X509_V_OK);
		good = 1;
	} else {
		good = o->X509_verify_cert(store) == 1;
	}
	return good || c->options.check == TLSCLIENT_LOOK;
}

/* A session that can be resumed; its tickets come behind the handshake. */
static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	const struct openssl *o = openssl_loaded();
	struct tlsclient *c = o->SSL_CTX_get_ex_data(
	    o->SSL_get_SSL_CTX(ssl), 0);
	int n = o->i2d_SSL_SESSION(session, NULL);
	unsigned char *to;

	buf_clear(&c->saved);
	if (n > 0 && (to = (unsigned char *)buf_room(&c->saved,
	    (size_t)n)) != NULL &&
	    o->i2d_SSL_SESSION(session, &to) == n) {
		c->saved.n = (size_t)n;
		c->fresh = 1;
	}
	return 0; /* the reference stays OpenSSL's */
}

static void
describe_dane(const struct dane *d, struct buf *text)
{
	const struct dns_record *r;
	size_t i;

	for (i = 0; i < d->names; i++)
		(void)buf_addf(text, "dane %s\n", d->name[i]);
	for (r = d->record; r < d->record + d->n; r++) {
		(void)buf_addf(text, "%d %d %d %zu ", r->usage, r->selector,
		    r->matching, r->data.n);
		(void)buf_add(text, r->data);
	}
}

/* The file of the cache: what is asked of a session is in its name, so that
 * none is resumed that was made with less. */
static void
name_session(struct tlsclient *c)
{
	const struct tlsclient_options *o = &c->options;
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *files[] = { o->ca, o->cert, o->key };
	struct buf text = BUF(65536);
	struct stat st;
	size_t i;

	(void)buf_addf(&text, "%s\n%s\n%d\n", c->host, o->port, o->check);
	if (o->via != NULL)
		(void)buf_addf(&text, "via %s\n", o->via);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i] != NULL && stat(files[i], &st) == 0)
			(void)buf_addf(&text, "%zu %s %lld %lld %llu\n", i,
			    files[i], (long long)st.st_mtim.tv_sec,
			    (long long)st.st_size,
			    (unsigned long long)st.st_ino);
	for (i = 0; i < o->npins; i++)
		(void)buf_add(&text, (struct slice){ (const char *)o->pins[i],
		    TLS_DIGEST });
	if (o->dane != NULL)
		describe_dane(o->dane, &text);
	if (c->o->EVP_Digest(text.p, text.n, digest, NULL, c->o->EVP_sha256(),
	    NULL) == 1) {
		memcpy(c->file, "tls-", 4);
		for (i = 0; i < TLS_DIGEST; i++)
			(void)snprintf(c->file + 4 + 2 * i, 3, "%02x",
			    digest[i]);
	}
	buf_free(&text);
}

static int
trust(struct tlsclient *c, struct fail *f)
{
	const struct openssl *o = c->o;
	const char *ca = c->options.ca;

	o->SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	o->SSL_CTX_set_cert_verify_callback(c->ctx, verify, c);
	if (c->options.dane != NULL)
		return o->SSL_CTX_dane_enable(c->ctx) == 1 ? 0 :
		    openssl_fail(f, EX_TEMPFAIL, "DANE");
	if (ca == NULL) {
		/* Read when they are needed, by the hash of the issuer. */
		(void)o->SSL_CTX_set_default_verify_paths(c->ctx);
		return 0;
	}
	if (o->SSL_CTX_load_verify_file(c->ctx, ca) != 1)
		return tlscontext_fail(f, ca);
	/* Who names a certificate trusts it, whoever signed it. */
	o->X509_VERIFY_PARAM_set_flags(o->SSL_CTX_get0_param(c->ctx),
	    X509_V_FLAG_PARTIAL_CHAIN);
	return 0;
}

static int
show_ourselves(struct tlsclient *c, struct fail *f)
{
	const struct openssl *o = c->o;
	const char *cert = c->options.cert, *key = c->options.key;

	if (cert == NULL)
		return 0;
	if (key == NULL)
		key = cert;
	o->SSL_CTX_set_default_passwd_cb(c->ctx, tlscontext_no_password);
	if (o->SSL_CTX_use_certificate_chain_file(c->ctx, cert) != 1)
		return tlscontext_fail(f, cert);
	if (o->SSL_CTX_use_PrivateKey_file(c->ctx, key, SSL_FILETYPE_PEM) != 1)
		return tlscontext_fail(f, key);
	return 0;
}

static int
set_up(struct tlsclient *c, struct fail *f)
{
	const struct openssl *o;

	if ((o = c->o = openssl_load(f)) == NULL)
		return -1;
	if ((c->ctx = tlscontext_new(o->TLS_client_method(), f)) == NULL)
		return -1;
	/* A connection that need not be secure is still better with a weak
	 * key than without any. */
	if (c->options.check == TLSCLIENT_LOOK)
		o->SSL_CTX_set_security_level(c->ctx, 1);
	if (trust(c, f) == -1 || show_ourselves(c, f) == -1)
		return -1;
	(void)o->SSL_CTX_set_ex_data(c->ctx, 0, c);
	(void)o->SSL_CTX_ctrl(c->ctx, SSL_CTRL_SET_SESS_CACHE_MODE,
	    SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, NULL);
	o->SSL_CTX_sess_set_new_cb(c->ctx, keep_session);
	name_session(c);
	if (!c->options.fresh)
		(void)tlscache_load(c->file, &c->saved);
	return 0;
}

struct tlsclient *
tlsclient_new(const struct tlsclient_options *options, struct fail *f)
{
	struct tlsclient *c = mem_alloc(sizeof(*c));
	size_t n;

	c->options = *options;
	c->saved = BUF(TLSCACHE_MAX);
	(void)snprintf(c->host, sizeof(c->host), "%s", options->host);
	n = strlen(c->host);
	if (n > 1 && c->host[n - 1] == '.')
		c->host[n - 1] = '\0';
	c->is_address = ip_read(slice_str(c->host), NULL) != 0;
	if (set_up(c, f) == -1)
		tlsclient_free(&c);
	return c;
}

/* The session to go on with; NULL where there is none, or it is too old, or
 * its certificate is by now. */
static SSL_SESSION *
recall(struct tlsclient *c)
{
	const struct openssl *o = c->o;
	const unsigned char *p = (const unsigned char *)c->saved.p;
	SSL_SESSION *s;
	long now = (long)time(NULL), made, life, hint;
	X509 *x;

	if (c->saved.n == 0 ||
	    (s = o->d2i_SSL_SESSION(NULL, &p, (long)c->saved.n)) == NULL)
		return NULL;
	made = o->SSL_SESSION_get_time(s);
	life = o->SSL_SESSION_get_timeout(s);
	hint = (long)o->SSL_SESSION_get_ticket_lifetime_hint(s);
	if (hint > 0 && hint < life)
		life = hint;
	if (life > RESUME)
		life = RESUME;
	x = o->SSL_SESSION_get0_peer(s);
	if (now >= made && now - made < life && x != NULL &&
	    o->SSL_SESSION_is_resumable(s) &&
	    o->X509_cmp_current_time(o->X509_get0_notAfter(x)) > 0)
		return s;
	o->SSL_SESSION_free(s);
	return NULL;
}

/* What the DNS says of the server in place of that (RFC 7671, 5). */
static int
name_by_dane(const struct tlsclient *c, SSL *ssl)
{
	const struct openssl *o = c->o;
	const struct dane *d = c->options.dane;
	const struct dns_record *r;
	int usable = 0, rc;
	size_t i;

	if (d->n == 0 || o->SSL_dane_enable(ssl, d->name[0]) != 1)
		return 0;
	(void)o->SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	for (i = 1; i < d->names; i++)
		if (o->SSL_add1_host(ssl, d->name[i]) != 1)
			return 0;
	for (r = d->record; r < d->record + d->n; r++) {
		rc = o->SSL_dane_tlsa_add(ssl, r->usage, r->selector,
		    r->matching, (const unsigned char *)r->data.p, r->data.n);
		if (rc < 0)
			return 0;
		usable |= rc;
	}
	return usable;
}

/* The name that the certificate has to have, and that is asked for. */
static int
name_server(struct tlsclient *c, SSL *ssl)
{
	const struct openssl *o = c->o;
	X509_VERIFY_PARAM *p = o->SSL_get0_param(ssl);
	char *name = c->host;

	o->X509_VERIFY_PARAM_set_hostflags(p,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (c->options.dane != NULL)
		return name_by_dane(c, ssl);
	if (c->is_address) /* RFC 6066, 3: not in SNI */
		return o->X509_VERIFY_PARAM_set1_ip_asc(p, name);
	return o->X509_VERIFY_PARAM_set1_host(p, name, 0) == 1 &&
	    o->SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
	    TLSEXT_NAMETYPE_host_name, name) == 1;
}

struct tls *
tlsclient_session(struct tlsclient *c, struct fail *f)
{
	const struct openssl *o = c->o;
	SSL_SESSION *session;
	SSL *ssl;

	o->ERR_clear_error();
	if ((ssl = o->SSL_new(c->ctx)) == NULL) {
		(void)openssl_fail(f, EX_TEMPFAIL, "TLS");
		return NULL;
	}
	if (name_server(c, ssl) != 1) {
		if (c->options.dane != NULL)
			(void)openssl_fail(f, EX_TEMPFAIL, "DANE");
		else
			(void)openssl_fail(f, EX_CONFIG,
			    "TLS: the server's name");
		o->SSL_free(ssl);
		return NULL;
	}
	if ((session = recall(c)) != NULL) {
		(void)o->SSL_set_session(ssl, session);
		o->SSL_SESSION_free(session);
	}
	o->ERR_clear_error(); /* a bad cache is none */
	o->SSL_set_connect_state(ssl);
	return tls_new(ssl);
}

void
tlsclient_free(struct tlsclient **c)
{
	if (*c == NULL)
		return;
	if ((*c)->fresh)
		tlscache_save((*c)->file, buf_slice(&(*c)->saved));
	if ((*c)->ctx != NULL)
		(*c)->o->SSL_CTX_free((*c)->ctx);
	buf_wipe(&(*c)->saved);
	free(*c);
	*c = NULL;
}
