/* SPDX-License-Identifier: ISC */
/* Unit test of tlsclient: whom it trusts, and sessions that go on. */

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "dane.h"
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

/* A record of the SHA-256 in hexadecimal. */
static struct dns_record
tlsa(int usage, int selector, const char *hex, char bytes[TLS_DIGEST])
{
	struct slice s = slice_str(hex);
	int i;

	for (i = 0; i < TLS_DIGEST; i++)
		bytes[i] = (char)slice_hexbyte(&s);
	return (struct dns_record){ .usage = (unsigned char)usage,
		.selector = (unsigned char)selector, .matching = 1,
		.data = { bytes, TLS_DIGEST } };
}

/* What the records say is enough, and nothing else is. */
static void
by_dane(void)
{
	struct tlsclient_options o = { .host = "a.example", .port = "25",
		.check = TLSCLIENT_LOOK, .fresh = 1 };
	struct dane d = { .n = 1, .name = { "a.example" }, .names = 1 };
	char bytes[2][TLS_DIGEST];
	struct tls_facts facts = { 0 }, real;
	struct fail f = { 0 };

	CHECK_INT(try(&o, &real, &f), 0);
	CHECK_INT(real.dane, 0);
	o.dane = &d;
	o.check = TLSCLIENT_STRICT;
	d.record[0] = tlsa(3, 1, real.key, bytes[0]);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.verified, 1);
	CHECK_INT(facts.dane, 1);
	d.record[0] = tlsa(3, 0, real.fingerprint, bytes[0]);
	CHECK_INT(try(&o, &facts, &f), 0);
	d.record[0] = tlsa(3, 1, real.fingerprint, bytes[0]);
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "certificate: no matching DANE TLSA records");
	d.record[1] = tlsa(3, 0, real.fingerprint, bytes[1]);
	d.n = 2;
	CHECK_INT(try(&o, &facts, &f), 0);
	/* An authority that would be enough, and a pin. */
	d.n = 1;
	o.host = d.name[0] = "mx.example.org";
	o.ca = "one.pem";
	CHECK_INT(try(&o, &facts, &f), -1);
	o.ca = NULL;
	o.pins = (const unsigned char (*)[TLS_DIGEST])bytes;
	o.npins = 1;
	memcpy(bytes[0], tlsa(3, 1, real.key, bytes[1]).data.p, TLS_DIGEST);
	d.record[0] = tlsa(3, 1, real.fingerprint, bytes[1]);
	CHECK_INT(try(&o, &facts, &f), -1);
	o.check = TLSCLIENT_LOOK;
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.verified, 0);
	CHECK_INT(facts.dane, 0);
}

/* leaf.pem, its own authority behind it, for mx.example.org. */
static void
make_chain(void)
{
	char *args[] = { (char[]){ "sh" }, (char[]){ "-ec" }, (char[]){
	    "echo subjectAltName=DNS:mx.example.org >ext\n"
	    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-keyout leaf.key -out leaf.csr -subj /CN=leaf\n"
	    "openssl x509 -req -in leaf.csr -CA one.pem -CAkey one.key "
		"-CAcreateserial -out leaf.one -extfile ext\n"
	    "cat leaf.one one.pem >leaf.pem\n" }, NULL };

	CHECK_INT(tlspeer_run(args), 0);
}

/* One of the names has to be in what an authority vouches for (RFC 7672,
 * 3.2.2). */
static void
by_dane_authority(void)
{
	struct tlsclient_options o = { .host = "a.example", .port = "25",
		.check = TLSCLIENT_LOOK, .fresh = 1 };
	struct dane d = { .n = 1, .name = { "a.example", "b.example" },
		.names = 2 };
	struct tlsserver *one = server;
	char bytes[TLS_DIGEST];
	struct tls_facts facts = { 0 };
	struct fail f = { 0 };

	CHECK_INT(try(&o, &facts, &f), 0);
	make_chain();
	server = tlspeer_server("leaf", NULL, NULL);
	o.dane = &d;
	o.check = TLSCLIENT_STRICT;
	d.record[0] = tlsa(2, 0, facts.fingerprint, bytes);
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: hostname mismatch");
	d.name[1] = "mx.example.org";
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.dane, 1);
	d.names = 1;
	CHECK_INT(try(&o, &facts, &f), -1);
	d.name[0] = "mx.example.org";
	CHECK_INT(try(&o, &facts, &f), 0);
	d.record[0].usage = 3;
	CHECK_INT(try(&o, &facts, &f), -1);
	CHECK_STR(f.text, "certificate: no matching DANE TLSA records");
	tlsserver_free(&server);
	server = one;
}

/* OpenSSL knows better what a key is. */
static void
dane_of_no_use(void)
{
	struct dane d = { .n = 1, .name = { "a.example" }, .names = 1,
		.record = { { .usage = 3, .selector = 1,
		    .data = SLICE("\x30\x02\5\0") } } };
	struct tlsclient_options o = { .host = "a.example", .port = "25",
		.dane = &d };
	struct fail f = { 0 };
	struct tlsclient *c = tlsclient_new(&o, &f);

	CHECK(c != NULL && tlsclient_session(c, &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	d.n = 0;
	CHECK(c != NULL && tlsclient_session(c, &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	tlsclient_free(&c);
}

static void
by_dane_resumed(void)
{
	struct tlsclient_options o = { .host = "a.example", .port = "26",
		.check = TLSCLIENT_LOOK, .fresh = 1 };
	struct dane d = { .n = 1, .name = { "a.example" }, .names = 1 };
	char bytes[2][TLS_DIGEST];
	struct tls_facts facts = { 0 };
	struct fail f = { 0 };

	CHECK_INT(try(&o, &facts, &f), 0);
	o.dane = &d;
	o.check = TLSCLIENT_STRICT;
	o.fresh = 0;
	d.record[0] = tlsa(3, 1, facts.key, bytes[0]);
	d.record[1] = tlsa(3, 1, facts.fingerprint, bytes[1]);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 1);
	CHECK_INT(facts.verified, 1);
	CHECK_INT(facts.dane, 1);
	d.n = 2;
	CHECK_INT(try(&o, &facts, &f), 0);
	CHECK_INT(facts.resumed, 0);
	d.n = 1;
	d.record[0] = d.record[1];
	CHECK_INT(try(&o, &facts, &f), -1);
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
	RUN(by_dane);
	RUN(by_dane_authority);
	RUN(dane_of_no_use);
	RUN(by_dane_resumed);
	RUN(damaged);
	tlsserver_free(&server);
	tlspeer_end(place);
	return unit_done();
}
