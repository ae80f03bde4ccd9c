/* SPDX-License-Identifier: ISC */
/* tlsseal: session tickets, sealed and opened; see tlsseal.h. */

#include <string.h>

#include <openssl/core_names.h>

#include "tlsfacts.h"
#include "tlsseal.h"

static const struct tlsticket_key *
find_key(const struct tlsticket *t, const unsigned char *name, int sealing)
{
	size_t i;

	if (sealing)
		return t->keys[0].made != 0 ? &t->keys[0] : NULL;
	for (i = 0; i < 2; i++)
		if (t->keys[i].made != 0 &&
		    memcmp(t->keys[i].name, name, TLSTICKET_NAME) == 0)
			return &t->keys[i];
	return NULL;
}

/* RFC 5077, 4: -1 failed, 0 no ticket of ours, 1, 2 a new one is due. */
static int
ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	static char sha256[] = "SHA256";
	const struct openssl *o = openssl_loaded();
	const struct tlsticket *t = o->SSL_CTX_get_ex_data(
	    o->SSL_get_SSL_CTX(ssl), 0);
	const struct tlsticket_key *k = find_key(t, name, sealing);
	OSSL_PARAM parameters[3];
	int rc;

	if (k == NULL)
		return sealing ? -1 : 0;
	if (sealing) {
		memcpy(name, k->name, TLSTICKET_NAME);
		if (o->RAND_bytes(iv, 16) != 1)
			return -1;
	}
	parameters[0] = o->OSSL_PARAM_construct_octet_string(
	    OSSL_MAC_PARAM_KEY, (void *)(uintptr_t)k->mac, sizeof(k->mac));
	parameters[1] = o->OSSL_PARAM_construct_utf8_string(
	    OSSL_MAC_PARAM_DIGEST, sha256, 0);
	parameters[2] = o->OSSL_PARAM_construct_end();
	rc = sealing ?
	    o->EVP_EncryptInit_ex(cipher, o->EVP_aes_256_cbc(), NULL,
		k->cipher, iv) :
	    o->EVP_DecryptInit_ex(cipher, o->EVP_aes_256_cbc(), NULL,
		k->cipher, iv);
	if (rc != 1 || o->EVP_MAC_CTX_set_params(mac, parameters) != 1)
		return -1;
	return k == &t->keys[0] ? 1 : 2;
}

/* A session that goes on has the channel binding of the one that it was,
 * whatever certificate we would show by now. */
static int
seal_binding(SSL *ssl, void *arg)
{
	const struct openssl *o = openssl_loaded();
	unsigned char bytes[EVP_MAX_MD_SIZE];
	size_t n;

	(void)arg;
	if (o->SSL_session_reused(ssl))
		return 1; /* it is in there already */
	n = tlsfacts_end_point(o, ssl, bytes);
	return o->SSL_SESSION_set1_ticket_appdata(o->SSL_get_session(ssl),
	    bytes, n);
}

void
tlsseal_set(SSL_CTX *ctx, struct tlsticket *t)
{
	const struct openssl *o = openssl_loaded();

	/* The clients keep the sessions, not we. */
	(void)o->SSL_CTX_ctrl(ctx, SSL_CTRL_SET_SESS_CACHE_MODE,
	    SSL_SESS_CACHE_OFF, NULL);
	(void)o->SSL_CTX_set_timeout(ctx, TLSTICKET_PERIOD);
	if (t->keys[0].made == 0) {
		(void)o->SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
		(void)o->SSL_CTX_set_num_tickets(ctx, 0);
		return;
	}
	(void)o->SSL_CTX_set_ex_data(ctx, 0, t);
	(void)o->SSL_CTX_set_num_tickets(ctx, 1);
	(void)o->SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, ticket_key);
	(void)o->SSL_CTX_set_session_ticket_cb(ctx, seal_binding, NULL, NULL);
}
