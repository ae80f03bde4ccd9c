/* SPDX-License-Identifier: ISC */
/* Unit test of tlscontext: what is never spoken. */

#include "tlscontext.h"
#include "unit.h"

static const struct openssl *o;

static void
versions(void)
{
	struct fail f = { 0 };
	SSL_CTX *ctx = tlscontext_new(o->TLS_server_method(), &f);

	CHECK(ctx != NULL);
	CHECK(o->SSL_CTX_ctrl(ctx, SSL_CTRL_GET_MIN_PROTO_VERSION, 0, NULL) >=
	    TLS1_2_VERSION);
	CHECK(o->SSL_CTX_get_security_level(ctx) >= 2);
	CHECK((o->SSL_CTX_set_options(ctx, 0) & SSL_OP_NO_RENEGOTIATION) != 0);
	CHECK((o->SSL_CTX_set_options(ctx, 0) & SSL_OP_NO_COMPRESSION) != 0);
	o->SSL_CTX_free(ctx);
}

/* Each has a key exchange of its own for every session, and authenticates
 * what it encrypts. */
static void
ciphers(void)
{
	struct fail f = { 0 };
	SSL_CTX *ctx = tlscontext_new(o->TLS_client_method(), &f);
	SSL *ssl = o->SSL_new(ctx);
	const char *name;
	int i;

	for (i = 0; (name = o->SSL_get_cipher_list(ssl, i)) != NULL; i++) {
		CASE(name);
		CHECK(strncmp(name, "TLS_", 4) == 0 ||
		    strncmp(name, "ECDHE-", 6) == 0 ||
		    strncmp(name, "DHE-RSA-", 8) == 0);
		CHECK(strstr(name, "GCM") != NULL ||
		    strstr(name, "CHACHA20") != NULL);
	}
	CHECK(i >= 6);
	o->SSL_free(ssl);
	o->SSL_CTX_free(ctx);
}

static void
failures(void)
{
	struct fail f = { 0 };
	char to[10];

	CHECK_INT(tlscontext_no_password(to, sizeof(to), 0, NULL), -1);
	o->ERR_clear_error();
	CHECK_INT(tlscontext_fail(&f, "path"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strncmp(f.text, "path: ", 6) == 0);
}

int
main(void)
{
	struct fail f = { 0 };

	if ((o = openssl_load(&f)) == NULL)
		abort();
	RUN(versions);
	RUN(ciphers);
	RUN(failures);
	return unit_done();
}
