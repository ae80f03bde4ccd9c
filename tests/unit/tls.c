/* SPDX-License-Identifier: ISC */
/* Unit test of tls: one session, both ends. */

#include <poll.h>

#include "tlspeer.h"

static struct tlsserver *server;
static struct tlsclient *client;

static void
both_ways(void)
{
	static char block[100000], got[sizeof(block)];
	struct slice rest = { block, sizeof(block) };
	const struct tls_facts *facts;
	struct tlspeer p;
	size_t n = 0;
	ssize_t some;

	memset(block, 'x', sizeof(block));
	tlspeer_connect(&p, client, server);
	CHECK_INT(p.rc[0], 0);
	CHECK_INT(p.rc[1], 0);
	facts = tls_facts(p.client);
	CHECK_STR(facts->version, "TLSv1.3");
	CHECK_INT(facts->verified, 1);
	CHECK_STR(facts->subject, "CN=one");
	CHECK_INT(tls_facts(p.server)->certificate, 0);
	CHECK_INT(tls_read(p.server, got, 1, &p.f[1]), TLS_AGAIN);
	CHECK_INT(tls_wants(p.server), POLLIN);
	while (n < sizeof(block)) {
		some = tls_write(p.client, rest, &p.f[0]);
		CHECK(some > 0 || some == TLS_AGAIN);
		if (some > 0)
			rest = slice_sub(rest, (size_t)some, rest.n);
		while ((some = tls_read(p.server, got + n, sizeof(got) - n,
		    &p.f[1])) > 0)
			n += (size_t)some;
		CHECK(some == TLS_AGAIN || n == sizeof(got));
	}
	CHECK_INT(memcmp(got, block, sizeof(got)), 0);
	tlspeer_close(&p);
}

/* Bytes that were read with others are told of. */
static void
buffered(void)
{
	struct tlspeer p;
	char got[2];

	tlspeer_connect(&p, client, server);
	CHECK_INT(tls_write(p.client, SLICE("abc"), &p.f[0]), 3);
	CHECK_INT(tls_buffered(p.server), 0);
	CHECK_INT(tls_read(p.server, got, 2, &p.f[1]), 2);
	CHECK_INT(tls_buffered(p.server), 1);
	CHECK_INT(tls_read(p.server, got, 2, &p.f[1]), 1);
	tlspeer_close(&p);
}

/* CVE-2026-45185: after close_notify nothing is read, in clear least of all. */
static void
nothing_behind_the_end(void)
{
	struct tlspeer p;
	char got[100];

	tlspeer_connect(&p, client, server);
	CHECK_INT(tls_write(p.client, SLICE("last"), &p.f[0]), 4);
	tls_close(&p.client);
	CHECK_INT(duplex_write(&p.d[0], SLICE("QUIT\r\n")), 6);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[1]), 4);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[1]), 0);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[1]), 0);
	CHECK_INT(tls_truncated(p.server), 0);
	tlspeer_close(&p);
}

static void
cut_off(void)
{
	struct tlspeer p;
	char got[100];

	tlspeer_connect(&p, client, server);
	CHECK_INT(shutdown(p.d[0].out, SHUT_WR), 0);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[1]), 0);
	CHECK_INT(tls_truncated(p.server), 1);
	CHECK_INT(tls_write(p.server, SLICE("x"), &p.f[1]), -1);
	CHECK_STR(p.f[1].text, "TLS: closed by the peer");
	tlspeer_close(&p);
}

/* The reason is the descriptor's, of which OpenSSL says nothing. */
static void
gone(void)
{
	struct tlspeer p;

	tlspeer_connect(&p, client, server);
	CHECK_INT(shutdown(p.d[0].in, SHUT_RD), 0);
	CHECK_INT(tls_write(p.server, SLICE("x"), &p.f[1]), -1);
	CHECK_STR(p.f[1].text, "TLS: write to the peer: Broken pipe");
	CHECK_INT(p.f[1].class, EX_TEMPFAIL);
	tlspeer_close(&p);
}

/* Clear text in the middle of TLS ends it, both ways. */
static void
clear_text(void)
{
	struct tlspeer p;
	char got[100];

	tlspeer_connect(&p, client, server);
	CHECK_INT(duplex_write(&p.d[0], SLICE("QUIT\r\n")), 6);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[1]), -1);
	CHECK_INT(p.f[1].class, EX_TEMPFAIL);
	CHECK_INT(tls_read(p.server, got, sizeof(got), &p.f[0]), -1);
	CHECK_STR(p.f[0].text, p.f[1].text);
	CHECK_INT(tls_write(p.server, SLICE("x"), &p.f[0]), -1);
	CHECK_STR(p.f[0].text, p.f[1].text);
	tlspeer_close(&p);
}

static void
no_handshake(void)
{
	struct fail f = { 0 };
	struct tls *t = tlsserver_session(server, &f);
	struct duplex ends[2];
	int pair[2];
	char got[100];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ends[0] = duplex_of(pair[0], pair[0]);
	ends[1] = duplex_of(pair[1], pair[1]);
	CHECK_INT(tls_handshake(t, &ends[1], &f), TLS_AGAIN);
	CHECK_INT(tls_write(t, SLICE("x"), &f), -1);
	CHECK_INT(duplex_write(&ends[0], SLICE("MAIL FROM:<>\r\n")), 14);
	CHECK_INT(tls_handshake(t, &ends[1], &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(tls_read(t, got, sizeof(got), &f), -1);
	tls_close(&t);
	CHECK((t = tlsserver_session(server, &f)) != NULL);
	duplex_close(&ends[0]);
	CHECK_INT(tls_handshake(t, &ends[1], &f), -1);
	CHECK_STR(f.text, "closed by the peer in the TLS handshake");
	tls_close(&t);
	duplex_close(&ends[1]);
}

static void
bindings(void)
{
	static const enum tls_binding kinds[] = { TLS_EXPORTER,
		TLS_SERVER_END_POINT };
	struct tlspeer p, other;
	size_t i;

	tlspeer_connect(&p, client, server);
	tlspeer_connect(&other, client, server);
	for (i = 0; i < 2; i++) {
		struct buf a = BUF(100), b = BUF(100), c = BUF(100);

		CHECK_INT(tls_binding(p.client, kinds[i], &a, &p.f[0]), 0);
		CHECK_INT(tls_binding(p.server, kinds[i], &b, &p.f[1]), 0);
		CHECK_INT(tls_binding(other.client, kinds[i], &c, &p.f[0]), 0);
		CHECK_INT(a.n, 32);
		CHECK_SLICE(buf_slice(&a), buf_slice(&b));
		/* The certificate is the same, the session is not. */
		CHECK_INT(slice_eq(buf_slice(&a), buf_slice(&c)), i == 1);
		buf_free(&a);
		buf_free(&b);
		buf_free(&c);
	}
	tlspeer_close(&p);
	tlspeer_close(&other);
}

int
main(void)
{
	char place[64];

	tlspeer_start(place);
	tlspeer_certificate("one", "DNS:mx.example.org", "ec");
	server = tlspeer_server("one", NULL, NULL);
	client = tlspeer_client("one.pem");
	RUN(both_ways);
	RUN(buffered);
	RUN(nothing_behind_the_end);
	RUN(cut_off);
	RUN(gone);
	RUN(clear_text);
	RUN(no_handshake);
	RUN(bindings);
	tlsclient_free(&client);
	tlsserver_free(&server);
	tlspeer_end(place);
	return unit_done();
}
