/* SPDX-License-Identifier: ISC */
/* tlsfacts: what OpenSSL knows of a session; see tlsfacts.h. */

#include <stdio.h>
#include <string.h>

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
learn_subject(const struct openssl *o, X509 *x, struct tls_facts *t)
{
	BIO *b = o->BIO_new(o->BIO_s_mem());
	struct slice s = SLICE("");
	char *p = NULL;
	long n;

	/* UTF-8 as it is: text_show makes it safe. */
	if (b != NULL && o->X509_NAME_print_ex(b, o->X509_get_subject_name(x),
	    0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0 &&
	    (n = o->BIO_ctrl(b, BIO_CTRL_INFO, 0, &p)) > 0)
		s = (struct slice){ p, (size_t)n };
	(void)text_show(t->subject, s);
	o->BIO_free(b);
}

static void
learn_certificate(const struct openssl *o, X509 *x, struct tls_facts *t)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	t->certificate = 1;
	learn_subject(o, x, t);
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
	if (!t->verified)
		t->why = tlsfacts_why(o, result);
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
