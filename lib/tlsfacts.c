/* SPDX-License-Identifier: ISC */
/* tlsfacts: what OpenSSL knows of a session; see tlsfacts.h. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tlsfacts.h"

enum {
	EXPORTED = 32, /* RFC 9266, 2 */
};

static void
hexadecimal(char out[TLS_HEX], const unsigned char digest[TLS_DIGEST])
{
	size_t i;

	for (i = 0; i < TLS_DIGEST; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

int
tlsfacts_key(const struct openssl *o, X509 *x, unsigned char out[TLS_DIGEST])
{
	unsigned char *der = NULL;
	int n = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	int rc = -1;

	if (n > 0 && o->EVP_Digest(der, (size_t)n, out, NULL, o->EVP_sha256(),
	    NULL) == 1)
		rc = 0;
	o->CRYPTO_free(der, __FILE__, __LINE__);
	return rc;
}

const char *
tlsfacts_why(const struct openssl *o, long result)
{
	/* What tlsclient says where no pin matches. */
	if (result == X509_V_ERR_APPLICATION_VERIFICATION)
		return "its public key is none of the pinned ones";
	return o->X509_verify_cert_error_string(result);
}

static void
write_name(const struct openssl *o, const X509_NAME *name,
    char out[TEXT_SHOWN])
{
	BIO *b = o->BIO_new(o->BIO_s_mem());
	struct slice s = SLICE("");
	char *p = NULL;
	long n;

	/* UTF-8 as it is: text_show makes it safe. */
	if (b != NULL && o->X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 &
	    ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0 &&
	    (n = o->BIO_ctrl(b, BIO_CTRL_INFO, 0, &p)) > 0)
		s = (struct slice){ p, (size_t)n };
	(void)text_show(out, s);
	o->BIO_free(b);
}

/* What has a NUL in it OpenSSL leaves out. */
static void
learn_email(const struct openssl *o, X509 *x, struct tls_facts *t)
{
	STACK_OF(OPENSSL_STRING) *all = o->X509_get1_email(x);
	const OPENSSL_STACK *stack = (const OPENSSL_STACK *)all;
	const char *one;

	if (o->OPENSSL_sk_num(stack) == 1) {
		one = o->OPENSSL_sk_value(stack, 0);
		if (strlen(one) < sizeof(t->email))
			memcpy(t->email, one, strlen(one) + 1);
	}
	o->X509_email_free(all);
}

static void
learn_certificate(const struct openssl *o, X509 *x, struct tls_facts *t)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	t->certificate = 1;
	write_name(o, o->X509_get_subject_name(x), t->subject);
	learn_email(o, x, t);
	if (o->X509_digest(x, o->EVP_sha256(), digest, NULL) == 1)
		hexadecimal(t->fingerprint, digest);
	if (tlsfacts_key(o, x, digest) == 0)
		hexadecimal(t->key, digest);
}

void
tlsfacts_learn(const struct openssl *o, SSL *ssl, struct tls_facts *t)
{
	const SSL_CIPHER *c = o->SSL_get_current_cipher(ssl);
	X509 *x = o->SSL_get0_peer_certificate(ssl);
	long result = o->SSL_get_verify_result(ssl);

	memset(t, 0, sizeof(*t));
	(void)snprintf(t->version, sizeof(t->version), "%s",
	    o->SSL_get_version(ssl));
	(void)snprintf(t->cipher, sizeof(t->cipher), "%s",
	    o->SSL_CIPHER_get_name(c));
	t->bits = o->SSL_CIPHER_get_bits(c, NULL);
	t->resumed = o->SSL_session_reused(ssl);
	if (x == NULL) {
		t->why = "there is none";
		return;
	}
	learn_certificate(o, x, t);
	t->verified = result == X509_V_OK;
	/* The flag that tlsclient sets for it, and a server never. */
	t->dane = t->verified && (o->SSL_dane_set_flags(ssl, 0) &
	    DANE_FLAG_NO_DANE_EE_NAMECHECKS) != 0;
	if (!t->verified)
		t->why = tlsfacts_why(o, result);
}

static void
write_time(const struct openssl *o, const ASN1_TIME *time, char out[24])
{
	struct tm tm;

	if (o->ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

/* One alternative name, as it may be shown; "" for other kinds. */
static void
write_alternative(const struct openssl *o, const GENERAL_NAME *name,
    char out[TEXT_SHOWN])
{
	const ASN1_STRING *s = name->d.ia5;
	const unsigned char *p;
	size_t n;

	out[0] = '\0';
	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return;
	p = o->ASN1_STRING_get0_data(s);
	n = (size_t)o->ASN1_STRING_length(s);
	if (name->type == GEN_DNS)
		(void)text_show(out, (struct slice){ (const char *)p, n });
	else if (n == 4 || n == 16)
		(void)inet_ntop(n == 4 ? AF_INET : AF_INET6, p, out,
		    TEXT_SHOWN);
}

static void
write_alternatives(const struct openssl *o, X509 *x,
    struct tls_certificate *c)
{
	GENERAL_NAMES *names = o->X509_get_ext_d2i(x, NID_subject_alt_name,
	    NULL, NULL);
	const OPENSSL_STACK *stack = (const OPENSSL_STACK *)names;
	char one[TEXT_SHOWN];
	size_t have = 0;
	int i;

	for (i = 0; names != NULL && i < o->OPENSSL_sk_num(stack); i++) {
		write_alternative(o, o->OPENSSL_sk_value(stack, i), one);
		if (one[0] == '\0' ||
		    have + strlen(one) + 2 > sizeof(c->names))
			continue;
		have += (size_t)snprintf(c->names + have,
		    sizeof(c->names) - have, "%s%s", have > 0 ? " " : "",
		    one);
	}
	o->GENERAL_NAMES_free(names);
}

size_t
tlsfacts_chain(const struct openssl *o, SSL *ssl,
    struct tls_certificate *out, size_t max)
{
	const OPENSSL_STACK *chain =
	    (const OPENSSL_STACK *)o->SSL_get_peer_cert_chain(ssl);
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct tls_certificate *c;
	size_t n;
	X509 *x;

	for (n = 0; chain != NULL && n < max &&
	    (int)n < o->OPENSSL_sk_num(chain); n++) {
		x = o->OPENSSL_sk_value(chain, (int)n);
		c = &out[n];
		memset(c, 0, sizeof(*c));
		write_name(o, o->X509_get_subject_name(x), c->subject);
		write_name(o, o->X509_get_issuer_name(x), c->issuer);
		write_alternatives(o, x, c);
		write_time(o, o->X509_get0_notBefore(x), c->from);
		write_time(o, o->X509_get0_notAfter(x), c->until);
		if (o->X509_digest(x, o->EVP_sha256(), digest, NULL) == 1)
			hexadecimal(c->fingerprint, digest);
		if (tlsfacts_key(o, x, digest) == 0)
			hexadecimal(c->key, digest);
	}
	o->ERR_clear_error();
	return n;
}

size_t
tlsfacts_exporter(const struct openssl *o, SSL *ssl,
    unsigned char out[EVP_MAX_MD_SIZE])
{
	static const char label[] = "EXPORTER-Channel-Binding";

	/* RFC 9266, 4.2: without it two sessions can have the same secret. */
	if (o->SSL_version(ssl) < TLS1_3_VERSION &&
	    o->SSL_ctrl(ssl, SSL_CTRL_GET_EXTMS_SUPPORT, 0, NULL) != 1)
		return 0;
	return o->SSL_export_keying_material(ssl, out, EXPORTED, label,
	    sizeof(label) - 1, (const unsigned char *)"", 0, 1) == 1 ?
	    EXPORTED : 0;
}

/* Of the certificate that the session began with: tlsseal put it into the
 * ticket. */
static size_t
sealed_end_point(const struct openssl *o, SSL *ssl,
    unsigned char out[EVP_MAX_MD_SIZE])
{
	void *sealed = NULL;
	size_t n = 0;

	if (o->SSL_SESSION_get0_ticket_appdata(o->SSL_get_session(ssl),
	    &sealed, &n) != 1 || n > EVP_MAX_MD_SIZE)
		return 0;
	if (n > 0)
		memcpy(out, sealed, n);
	return n;
}

size_t
tlsfacts_end_point(const struct openssl *o, SSL *ssl,
    unsigned char out[EVP_MAX_MD_SIZE])
{
	X509 *x = o->SSL_is_server(ssl) ? o->SSL_get_certificate(ssl) :
	    o->SSL_get0_peer_certificate(ssl);
	const EVP_MD *md;
	unsigned n;
	int nid;

	if (o->SSL_is_server(ssl) && o->SSL_session_reused(ssl))
		return sealed_end_point(o, ssl, out);
	if (x == NULL ||
	    o->X509_get_signature_info(x, &nid, NULL, NULL, NULL) != 1)
		return 0;
	/* RFC 5929, 4.1: what is weaker is replaced by SHA-256. */
	md = nid == NID_md5 || nid == NID_sha1 ? o->EVP_sha256() :
	    o->EVP_get_digestbyname(o->OBJ_nid2sn(nid));
	return md != NULL && o->X509_digest(x, md, out, &n) == 1 ? n : 0;
}
