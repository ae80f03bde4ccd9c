/* SPDX-License-Identifier: ISC */
/* Unit test of tlsseal: tickets under keys that are replaced. */

#include "tlscontext.h"
#include "tlspeer.h"
#include "tlsseal.h"

static const struct openssl *o;

/* Moves what "from" wants to say to "to". */
static void
carry(SSL *from, SSL *to)
{
	char bytes[16384];
	int n;

	while ((n = o->BIO_read(o->SSL_get_wbio(from), bytes,
	    sizeof(bytes))) > 0)
		(void)o->BIO_write(o->SSL_get_rbio(to), bytes, n);
}

static SSL *
end(SSL_CTX *ctx)
{
	SSL *ssl = o->SSL_new(ctx);

	o->SSL_set_bio(ssl, o->BIO_new(o->BIO_s_mem()),
	    o->BIO_new(o->BIO_s_mem()));
	return ssl;
}

/* A session with the server, that goes on with *session and leaves its own
 * there: 1 where it did go on, 0, or -1. */
static int
session(SSL_CTX *clients, SSL_CTX *servers, SSL_SESSION **last)
{
	SSL *c = end(clients), *s = end(servers);
	char byte;
	int i, done = 0, resumed;

	o->SSL_set_connect_state(c);
	o->SSL_set_accept_state(s);
	if (*last != NULL)
		(void)o->SSL_set_session(c, *last);
	for (i = 0; i < 5; i++) {
		done = o->SSL_do_handshake(c) == 1;
		carry(c, s);
		done &= o->SSL_do_handshake(s) == 1;
		carry(s, c);
	}
	(void)o->SSL_read(c, &byte, 1);
	resumed = done ? o->SSL_session_reused(s) : -1;
	o->SSL_SESSION_free(*last);
	*last = o->SSL_get1_session(c);
	(void)o->SSL_shutdown(c);
	o->SSL_free(c);
	o->SSL_free(s);
	return resumed;
}

static void
rotate(int version)
{
	struct tlsticket t = { 0 };
	struct fail f = { 0 };
	SSL_CTX *clients = tlscontext_new(o->TLS_client_method(), &f);
	SSL_CTX *servers = tlscontext_new(o->TLS_server_method(), &f);
	SSL_SESSION *last = NULL, *old;
	time_t now = time(NULL);

	CHECK_INT(o->SSL_CTX_use_certificate_chain_file(servers, "mx.pem"), 1);
	CHECK_INT(o->SSL_CTX_use_PrivateKey_file(servers, "mx.key",
	    SSL_FILETYPE_PEM), 1);
	(void)o->SSL_CTX_ctrl(clients, SSL_CTRL_SET_MAX_PROTO_VERSION,
	    version, NULL);
	CHECK_INT(tlsticket_rotate(&t, now, &f), 1);
	tlsseal_set(servers, &t);
	CHECK_INT(session(clients, servers, &last), 0);
	CHECK_INT(session(clients, servers, &last), 1);
	/* One that the key before this one closed is good, and replaced. */
	CHECK_INT(tlsticket_rotate(&t, now + TLSTICKET_PERIOD, &f), 1);
	CHECK_INT(session(clients, servers, &last), 1);
	old = last;
	CHECK_INT(o->SSL_SESSION_up_ref(old), 1);
	CHECK_INT(tlsticket_rotate(&t, now + 2 * TLSTICKET_PERIOD, &f), 1);
	CHECK_INT(session(clients, servers, &last), 1);
	CHECK_INT(tlsticket_rotate(&t, now + 3 * TLSTICKET_PERIOD, &f), 1);
	CHECK_INT(session(clients, servers, &old), 0);
	o->SSL_SESSION_free(old);
	o->SSL_SESSION_free(last);
	o->SSL_CTX_free(clients);
	o->SSL_CTX_free(servers);
}

static void
tls_1_2(void)
{
	rotate(TLS1_2_VERSION);
}

static void
tls_1_3(void)
{
	rotate(TLS1_3_VERSION);
}

int
main(void)
{
	struct fail f = { 0 };
	char place[64];

	tlspeer_start(place);
	tlspeer_certificate("mx", "DNS:mx.example.org", "ec");
	if ((o = openssl_load(&f)) == NULL)
		abort();
	RUN(tls_1_2);
	RUN(tls_1_3);
	tlspeer_end(place);
	return unit_done();
}
