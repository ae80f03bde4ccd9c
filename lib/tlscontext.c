/* SPDX-License-Identifier: ISC */
/* tlscontext: what clients and servers ask of TLS alike; see tlscontext.h. */

#include <errno.h>

#include "tlscontext.h"

/* For TLS 1.2; those of 1.3 are all of that kind.  RFC 9325, 4.2. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:" \
	"!aNULL:!aDSS:!aPSK"

enum {
	LEVEL = 2, /* 112 bits: RSA 2048, P-224, SHA-224 */
};

static int
set_versions(const struct openssl *o, SSL_CTX *ctx)
{
	/* A system whose policy asks for more has more. */
	if (o->SSL_CTX_ctrl(ctx, SSL_CTRL_GET_MIN_PROTO_VERSION, 0, NULL) >
	    TLS1_2_VERSION)
		return 1;
	return (int)o->SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MIN_PROTO_VERSION,
	    TLS1_2_VERSION, NULL);
}

SSL_CTX *
tlscontext_new(const SSL_METHOD *method, struct fail *f)
{
	const struct openssl *o = openssl_loaded();
	SSL_CTX *ctx;

	o->ERR_clear_error();
	if ((ctx = o->SSL_CTX_new(method)) == NULL)
		goto fail;
	if (o->SSL_CTX_get_security_level(ctx) < LEVEL)
		o->SSL_CTX_set_security_level(ctx, LEVEL);
	if (set_versions(o, ctx) != 1 ||
	    o->SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1)
		goto fail;
	(void)o->SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION |
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA);
	(void)o->SSL_CTX_clear_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT |
	    SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
	(void)o->SSL_CTX_ctrl(ctx, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
	(void)o->SSL_CTX_ctrl(ctx, SSL_CTRL_SET_READ_AHEAD, 1, NULL);
	return ctx;
fail:
	(void)openssl_fail(f, EX_UNAVAILABLE, "TLS cannot be set up");
	o->SSL_CTX_free(ctx);
	return NULL;
}

int
tlscontext_fail(struct fail *f, const char *path)
{
	return openssl_fail(f, EX_CONFIG, path);
}

int
tlscontext_no_password(char *to, int n, int writing, void *arg)
{
	(void)to;
	(void)n;
	(void)writing;
	(void)arg;
	return -1;
}
