/* SPDX-License-Identifier: ISC */
/* Unit test of tlsservice: TLS as the configuration has it. */

#include <sys/socket.h>

#include "tlspeer.h"
#include "tlsservice.h"

static const char *certificates[1], *keys[1];

static struct conf
with_certificate(void)
{
	certificates[0] = "mx.pem";
	keys[0] = "mx.key";
	return (struct conf){ .hostname = "mx.example.org",
		.tls_certificates = { certificates, 1 },
		.tls_keys = { keys, 1 } };
}

static void
nothing(void)
{
	struct tlsserver *t = (struct tlsserver *)&certificates;
	struct conf none = { .hostname = "mx.example.org" };
	struct conf lost = with_certificate();
	struct fail f = { 0 };

	CHECK_INT(tlsservice_open(&none, "pop3", &t, &f), 0);
	CHECK(t == NULL);
	certificates[0] = "none.pem";
	CHECK_INT(tlsservice_open(&lost, "pop3", &t, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

/* A client that says nothing: the handshake comes to its end. */
static void
silence(void)
{
	struct conf conf = with_certificate();
	struct tlsserver *server;
	struct fail f = { 0 };
	struct conn *c;
	int pair[2];

	CHECK_INT(tlsservice_open(&conf, "pop3", &server, &f), 0);
	CHECK_INT(tlsservice_prepare(server, &f), 0);
	CHECK_INT(tlsservice_refresh(server), 0);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	c = conn_new(pair[0], pair[0]);
	CHECK_INT(tlsservice_begin(c, tlsserver_session(server, &f), 0, &f),
	    -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	conn_close(&c);
	(void)close(pair[1]);
	tlsserver_free(&server);
}

int
main(void)
{
	char place[64];

	tlspeer_start(place);
	tlspeer_certificate("mx", "DNS:mx.example.org", "ec");
	RUN(nothing);
	RUN(silence);
	tlspeer_end(place);
	return unit_done();
}
