/* SPDX-License-Identifier: ISC */
/* Unit test of tlsclient: whom it trusts, and sessions that go on. */

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tlspeer.h"

#define HEX32 "00112233445566778899aabbccddeeff"
#define HEX HEX32 HEX32

static struct tlsserver *server;

static void
pins(void)
{
	static const struct {
		const char *in;
		int rc;
	} cases[] = {
		{ "sha256:" HEX, 0 },
		{ "SHA256:" HEX, 0 },
		{ "sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=", 0 },
		{ "sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8", -1 },
		{ "sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8*", -1 },
		{ "sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8==", -1 },
		{ "sha256:" HEX "0", -1 },
		{ "sha256:" HEX32 "0011223344556677889900112233445g", -1 },
		{ "sha256:" HEX32, -1 },
		{ "sha256:", -1 },
		{ "sha1:" HEX, -1 },
		{ HEX, -1 },
		{ "", -1 },
	};
	unsigned char out[TLS_DIGEST];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].in);
		memset(out, 1, sizeof(out));
		CHECK_INT(tlsclient_pin(slice_str(cases[i].in), out),
		    cases[i].rc);
		if (cases[i].rc == 0)
			CHECK(out[1] == 0x11 && out[31] == 0xff);
	}
}

/* A handshake with these options: 0 where it comes to a session. */
static int
try(const struct tlsclient_options *o, struct tls_facts *facts, struct fail *f)
{
	struct tlsclient *c = tlsclient_new(o, f);
	struct tlspeer p;
	int rc;

	if (c == NULL)
		return -2;
	tlspeer_connect(&p, c, server);
	if ((rc = p.rc[0]) == 0) {
		tlspeer_greet(&p);
		*facts = *tls_facts(p.client);
	} else {
		*f = p.f[0];
		CHECK_INT(p.rc[1], -1);
	}
	tlspeer_close(&p);
	tlsclient_free(&c);
	return rc;
}

static void
trust(void)
{
	struct tlsclient_options o = { .host = "mx.example.org", .port = "1",
		.ca = "one.pem" };
	struct tls_facts facts;
	struct fail f = { 0 };

	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.verified, 1);
	o.host = "MX.example.ORG.";
	CHECK_INT(try(&o, &facts, &f), 0);
	o.host = "192.0.2.1";
	CHECK_INT(try(&o, &facts, &f), 0);
	o.host = "2001:DB8::1";
	CHECK_INT(try(&o, &facts, &f), 0);
	o.host = "192.0.2.2";
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: IP address mismatch");
	CHECK_INT(f.class, EX_TEMPFAIL);
	o.host = "one";
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: hostname mismatch");
	o.host = "mx.example.org";
	o.ca = "two.pem";
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: self-signed certificate");
	o.ca = NULL;
	CHECK_INT(try(&o, &facts, &f), -1);
	o.check = TLSCLIENT_LOOK;
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.verified, 0);
	CHECK_STR(facts.why, "self-signed certificate");
	o.ca = "nowhere.pem";
	CHECK_INT(try(&o, &facts, &f), -2);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "nowhere.pem") != NULL);
}

/* A pin is enough, and where there are pins nothing else is, unless an
 * authority is asked for as well. */
static void
pinned(void)
{
	unsigned char list[2][TLS_DIGEST] = { { 0 } };
	struct tlsclient_options o = { .host = "other.example", .port = "1",
		.check = TLSCLIENT_LOOK };
	struct tls_facts facts = { 0 };
	struct fail f = { 0 };
	char text[100];

	CHECK_INT(try(&o, &facts, &f), 0);
	(void)snprintf(text, sizeof(text), "sha256:%s", facts.key);
	CHECK_INT(tlsclient_pin(slice_str(text), list[1]), 0);
	o.check = TLSCLIENT_STRICT;
	o.pins = (const unsigned char (*)[TLS_DIGEST])list;
	o.npins = 2;
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.verified, 1);
	CHECK_INT(facts.resumed, 0); /* the other was asked for less */
	o.npins = 1;
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text,
	    "certificate: its public key is none of the pinned ones");
	o.ca = "one.pem";
	o.npins = 2;
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: hostname mismatch");
	o.host = "mx.example.org";
	CHECK_INT(try(&o, &facts, &f), 0);
}

/* The only file of the cache. */
static const char *
cached(void)
{
	static char path[512];
	struct dirent *e;
	DIR *d = opendir("mailpipe");

	path[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			(void)snprintf(path, sizeof(path), "mailpipe/%s",
			    e->d_name);
	if (d != NULL)
		(void)closedir(d);
	return path;
}

static void
resumed(void)
{
	struct tlsclient_options o = { .host = "mx.example.org", .port = "1",
		.ca = "one.pem" };
	struct tls_facts facts = { 0 };
	char *rm[] = { (char[]){ "rm" }, (char[]){ "-rf" },
		(char[]){ "mailpipe" }, NULL };
	struct fail f = { 0 };
	struct stat st;
	int fd;

	CHECK_INT(tlspeer_run(rm), 0);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	CHECK_INT(stat(cached(), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 1);
	CHECK_INT(facts.verified, 1);
	CHECK_STR(facts.subject, "CN=one");
	/* One that others could have written is not ours. */
	CHECK_INT(chmod(cached(), 0644), 0);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	CHECK_INT((fd = open(cached(), O_WRONLY)) != -1, 1);
	CHECK_INT(pwrite(fd, "garbage", 7, 0), 7);
	(void)close(fd);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 1);
	/* Another server, or other wishes: another session. */
	o.port = "2";
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	o.port = "1";
	o.via = "socks5://p";
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	o.via = NULL;
	o.ca = "both.pem";
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
}

/* A part of a session on disk is no session, and nothing worse. */
static void
damaged(void)
{
	struct tlsclient_options o = { .host = "mx.example.org", .port = "9",
		.ca = "one.pem" };
	struct tls_facts facts = { 0 };
	struct fail f = { 0 };
	char *rm[] = { (char[]){ "rm" }, (char[]){ "-rf" },
		(char[]){ "mailpipe" }, NULL };
	struct stat st;
	off_t n;

	CHECK_INT(tlspeer_run(rm), 0);
	CHECK_INT(try(&o, &facts, &f), 0);
	for (n = 0; n < 20; n++) {
		CHECK_INT(stat(cached(), &st), 0);
		CHECK_INT(truncate(cached(), st.st_size * n / 20), 0);
		CHECK_INT(try(&o, &facts, &f), 0);
		CHECK_INT(facts.resumed, 0);
	}
}

int
main(void)
{
	char place[64];
	struct fail f = { 0 };

	tlspeer_start(place);
	tlspeer_certificate("one",
	    "DNS:mx.example.org,IP:192.0.2.1,IP:2001:db8::1", "ec");
	tlspeer_certificate("two", "DNS:mx.example.org", "ec");
	CHECK_INT(link("one.pem", "both.pem"), 0);
	server = tlspeer_server("one", NULL, NULL);
	CHECK_INT(tlsserver_tickets(server, &f), 0);
	RUN(pins);
	RUN(trust);
	RUN(pinned);
	RUN(resumed);
	RUN(damaged);
	tlsserver_free(&server);
	tlspeer_end(place);
	return unit_done();
}
