/* SPDX-License-Identifier: ISC */
/* Unit test of tlsfacts: what is told of a session. */

#include "tlsfacts.h"
#include "tlspeer.h"

static void
reasons(void)
{
	const struct openssl *o = openssl_loaded();

	CHECK_STR(tlsfacts_why(o, X509_V_ERR_CERT_HAS_EXPIRED),
	    "certificate has expired");
	CHECK_STR(tlsfacts_why(o, X509_V_ERR_APPLICATION_VERIFICATION),
	    "its public key is none of the pinned ones");
}

/* What openssl(1) prints for a file, as hexadecimal of the digest. */
static void
digest_by_command(const char *command, char out[TLS_HEX])
{
	char line[256];
	char *args[] = { (char[]){ "sh" }, (char[]){ "-c" }, line, NULL };
	FILE *file;

	(void)snprintf(line, sizeof(line), "%s | sha256sum >digest", command);
	CHECK_INT(tlspeer_run(args), 0);
	if ((file = fopen("digest", "r")) == NULL ||
	    fread(out, 1, TLS_HEX - 1, file) != TLS_HEX - 1)
		abort();
	out[TLS_HEX - 1] = '\0';
	(void)fclose(file);
}

static void
of_a_session(void)
{
	struct tlsserver *s = tlspeer_server("one", NULL, NULL);
	struct tlsclient *c = tlspeer_client("one.pem");
	const struct tls_facts *facts;
	struct tls_certificate chain[2];
	char want[TLS_HEX];
	struct tlspeer p;

	tlspeer_connect(&p, c, s);
	CHECK_INT(p.rc[0], 0);
	facts = tls_facts(p.client);
	CHECK_STR(facts->version, "TLSv1.3");
	CHECK_STR(facts->cipher, "TLS_AES_256_GCM_SHA384");
	CHECK_INT(facts->bits, 256);
	CHECK_INT(facts->certificate, 1);
	CHECK_STR(facts->subject, "CN=one");
	CHECK_STR(facts->email, "");
	digest_by_command("openssl x509 -in one.pem -outform der", want);
	CHECK_STR(facts->fingerprint, want);
	digest_by_command("openssl x509 -in one.pem -noout -pubkey | "
	    "openssl pkey -pubin -outform der", want);
	CHECK_STR(facts->key, want);
	CHECK_STR(tls_facts(p.server)->why, "there is none");
	CHECK_INT(tls_chain(p.client, chain, 2), 1);
	CHECK_STR(chain[0].subject, facts->subject);
	CHECK_STR(chain[0].issuer, facts->subject);
	CHECK_STR(chain[0].fingerprint, facts->fingerprint);
	CHECK_STR(chain[0].key, facts->key);
	CHECK_INT(strlen(chain[0].from), 20);
	CHECK(strcmp(chain[0].from, chain[0].until) < 0);
	CHECK_INT(tls_chain(p.client, chain, 0), 0);
	CHECK_INT(tls_chain(p.server, chain, 2), 0);
	tlspeer_close(&p);
	tlsclient_free(&c);
	tlsserver_free(&s);
}

/* A session that goes on has the binding that it began with, though the server
 * would show another certificate by now. */
static void
bindings_last(void)
{
	struct tlsserver *first = tlspeer_server("one", NULL, "tickets");
	struct tlsserver *second;
	struct tlsclient *c = tlspeer_client("one.pem");
	struct buf at_client = BUF(100), at_server = BUF(100);
	struct fail f = { 0 };
	struct tlspeer p;

	tlspeer_connect(&p, c, first);
	tlspeer_greet(&p);
	tlspeer_close(&p);
	second = tlspeer_server("two", NULL, "tickets");
	tlspeer_connect(&p, c, second);
	CHECK_INT(tls_facts(p.server)->resumed, 1);
	CHECK_INT(tls_binding(p.client, TLS_SERVER_END_POINT, &at_client, &f),
	    0);
	CHECK_INT(tls_binding(p.server, TLS_SERVER_END_POINT, &at_server, &f),
	    0);
	CHECK_INT(at_client.n, 32);
	CHECK_SLICE(buf_slice(&at_server), buf_slice(&at_client));
	tlspeer_close(&p);
	buf_free(&at_client);
	buf_free(&at_server);
	tlsclient_free(&c);
	tlsserver_free(&first);
	tlsserver_free(&second);
}

int
main(void)
{
	struct fail f = { 0 };
	char place[64];

	tlspeer_start(place);
	tlspeer_certificate("one", "DNS:mx.example.org", "ec");
	tlspeer_certificate("two", "DNS:mx.example.org", "ec");
	if (openssl_load(&f) == NULL)
		abort();
	RUN(reasons);
	RUN(of_a_session);
	RUN(bindings_last);
	tlspeer_end(place);
	return unit_done();
}
