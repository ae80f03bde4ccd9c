/* SPDX-License-Identifier: ISC */
/* Unit test of tlsserver: which certificate, sessions of other processes,
 * files that change. */

#include "tlspeer.h"

/* The subject that a client which asks for "host" is shown. */
static const char *
shown(struct tlsserver *s, const char *host)
{
	static char subject[TEXT_SHOWN];
	struct tlsclient_options o = { .host = host, .port = "1",
		.check = TLSCLIENT_LOOK };
	struct fail f = { 0 };
	struct tlsclient *c = tlsclient_new(&o, &f);
	struct tlspeer p;

	tlspeer_connect(&p, c, s);
	CHECK_INT(p.rc[0], 0);
	(void)snprintf(subject, sizeof(subject), "%s",
	    tls_facts(p.client)->subject);
	tlspeer_close(&p);
	tlsclient_free(&c);
	return subject;
}

static void
by_name(void)
{
	struct tlsserver *s = tlspeer_server("other", "mx", NULL);

	CHECK_STR(shown(s, "mx.example.org"), "CN=mx");
	CHECK_STR(shown(s, "other.example"), "CN=other");
	CHECK_STR(shown(s, "a.other.example"), "CN=other");
	/* Hostname is mx.example.org. */
	CHECK_STR(shown(s, "a.b.other.example"), "CN=mx");
	CHECK_STR(shown(s, "192.0.2.7"), "CN=mx");
	CHECK_STR(shown(s, "mx.example.org\\"), "CN=mx");
	tlsserver_free(&s);
	s = tlspeer_server("other", "third", NULL);
	CHECK_STR(shown(s, "192.0.2.7"), "CN=other");
	tlsserver_free(&s);
}

/* 1 where a session with "first" goes on with "second". */
static int
goes_on(struct tlsserver *first, struct tlsserver *second)
{
	struct tlsclient_options o = { .host = "mx.example.org", .port = "1",
		.ca = "mx.pem" };
	struct fail f = { 0 };
	struct tlsclient *c = tlsclient_new(&o, &f);
	struct tlspeer p;
	int resumed;

	tlspeer_connect(&p, c, first);
	CHECK_INT(p.rc[0], 0);
	tlspeer_greet(&p);
	tlspeer_close(&p);
	tlspeer_connect(&p, c, second);
	CHECK_INT(p.rc[0], 0);
	resumed = tls_facts(p.server)->resumed;
	CHECK_INT(tls_facts(p.client)->resumed, resumed);
	tlspeer_close(&p);
	tlsclient_free(&c);
	return resumed;
}

/* It leaves nothing behind. */
static void
rehearsal(void)
{
	struct tlsserver *s = tlspeer_server("mx", NULL, NULL);
	struct fail f = { 0 };
	int before, after;

	CHECK_INT(tlsserver_load(s, &f), 0);
	before = dup(0);
	(void)close(before);
	tlsserver_rehearse(s);
	after = dup(0);
	(void)close(after);
	CHECK_INT(after, before);
	CHECK_STR(shown(s, "x"), "CN=mx");
	tlsserver_free(&s);
}

static void
tickets(void)
{
	struct tlsserver *a, *b;
	struct fail f = { 0 };

	a = tlspeer_server("mx", NULL, NULL);
	CHECK_INT(goes_on(a, a), 0); /* no keys, no tickets */
	tlsserver_free(&a);
	a = tlspeer_server("mx", NULL, NULL);
	b = tlspeer_server("mx", NULL, NULL);
	CHECK_INT(tlsserver_tickets(a, &f), 0);
	CHECK_INT(tlsserver_tickets(b, &f), 0);
	CHECK_INT(goes_on(a, a), 1);
	CHECK_INT(goes_on(a, b), 0);
	tlsserver_free(&a);
	tlsserver_free(&b);
	a = tlspeer_server("mx", NULL, "tickets");
	b = tlspeer_server("mx", NULL, "tickets");
	CHECK_INT(goes_on(a, b), 1);
	tlsserver_free(&a);
	/* Another process has made new keys. */
	CHECK_INT(unlink("tickets"), 0);
	a = tlspeer_server("mx", NULL, "tickets");
	CHECK_INT(goes_on(a, b), 0);
	CHECK_INT(tlsserver_tickets(b, &f), 0);
	CHECK_INT(goes_on(a, b), 1);
	tlsserver_free(&a);
	tlsserver_free(&b);
}

static void
copy(const char *from, const char *to)
{
	char *args[] = { (char[]){ "cp" }, (char *)(uintptr_t)from,
		(char *)(uintptr_t)to, NULL };

	CHECK_INT(tlspeer_run(args), 0);
}

static void
files_change(void)
{
	struct tlsserver *s;
	struct fail f = { 0 };

	copy("mx.pem", "now.pem");
	copy("mx.key", "now.key");
	s = tlspeer_server("now", NULL, NULL);
	CHECK_INT(tlsserver_load(s, &f), 0);
	CHECK_STR(shown(s, "x"), "CN=mx");
	CHECK_INT(tlsserver_refresh(s, &f), 0);
	copy("other.pem", "now.pem");
	/* Its key is not there yet: what was is kept, and it is told once. */
	CHECK_INT(tlsserver_refresh(s, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "now.pem") != NULL);
	CHECK_INT(tlsserver_refresh(s, &f), 0);
	CHECK_STR(shown(s, "x"), "CN=mx");
	copy("other.key", "now.key");
	CHECK_INT(tlsserver_refresh(s, &f), 0);
	CHECK_STR(shown(s, "x"), "CN=other");
	CHECK_INT(unlink("now.pem"), 0);
	CHECK_INT(tlsserver_refresh(s, &f), -1);
	CHECK_STR(shown(s, "x"), "CN=other");
	copy("mx.pem", "now.pem");
	copy("mx.key", "now.key");
	CHECK_INT(tlsserver_refresh(s, &f), 0);
	CHECK_STR(shown(s, "x"), "CN=mx");
	tlsserver_free(&s);
}

/* What can be opened and is no certificate is told when it is read, as often
 * as somebody asks. */
static void
no_good(void)
{
	struct tlsserver *s;
	struct fail f = { 0 };

	copy("mx.key", "bad.pem");
	copy("mx.key", "bad.key");
	s = tlspeer_server("bad", NULL, NULL);
	CHECK(s != NULL);
	CHECK(tlsserver_session(s, &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	f = (struct fail){ 0 };
	CHECK(tlsserver_session(s, &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	tlsserver_free(&s);
	CHECK(tlspeer_server("nowhere", NULL, NULL) == NULL);
}

int
main(void)
{
	char place[64];

	tlspeer_start(place);
	CHECK_INT(unsetenv("XDG_CACHE_HOME"), 0);
	CHECK_INT(unsetenv("HOME"), 0);
	tlspeer_certificate("mx", "DNS:mx.example.org", "ec");
	tlspeer_certificate("other", "DNS:other.example,DNS:*.other.example",
	    "rsa");
	tlspeer_certificate("third", "DNS:third.example", "ec");
	RUN(by_name);
	RUN(rehearsal);
	RUN(tickets);
	RUN(files_change);
	RUN(no_good);
	tlspeer_end(place);
	return unit_done();
}
