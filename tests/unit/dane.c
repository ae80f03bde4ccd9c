/* SPDX-License-Identifier: ISC */
/* Unit test of dane: when TLSA records are asked for, which of them can be
 * used, and the names that go with them. */

#include "dane.h"
#include "dnspeer.h"

#define H32 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define H64 H32 H32
#define A(host) { host, DNS_A, "192.0.2.1", 0 }
#define TLSA(host, text) { "_25._tcp." host, DNS_TLSA, text, 0 }

static const struct dnspeer_record zone[] = {
	{ "example", DNS_MX, "10 mx.example", 0 },
	{ "insecure.example", DNS_MX, "10 mx.example", DNSPEER_INSECURE },
	A("mx.example"), { "mx.example", DNS_AAAA, "2001:db8::1", 0 },
	TLSA("mx.example", "3 1 1 " H32),
	TLSA("mx.example", "2 0 2 " H64),
	TLSA("mx.example", "3 0 1 " H32),
	A("none.example"), { "none.example", DNS_A, "192.0.2.2", 0 },
	A("fails.example"), TLSA("fails.example", "SERVFAIL"),
	{ "far.example", DNS_A, "192.0.2.1", DNSPEER_INSECURE },
	TLSA("far.example", "3 1 1 " H32),
	A("forged.example"),
	{ "_25._tcp.forged.example", DNS_TLSA, "3 1 1 " H32, 1 },
	A("other.example"), TLSA("other.example", "0 0 1 " H32),
	TLSA("other.example", "1 1 1 " H32),
	/* One thing wrong with each. */
	A("bad.example"), TLSA("bad.example", "4 1 1 " H32),
	TLSA("bad.example", "3 2 1 " H32), TLSA("bad.example", "3 1 3 " H32),
	TLSA("bad.example", "3 1 1 " H32 "00"),
	TLSA("bad.example", "3 1 2 " H32), TLSA("bad.example", "3 1 1 00"),
	TLSA("bad.example", "3 1 0 "), TLSA("bad.example", "3 1 0 30"),
	TLSA("bad.example", "3 1 0 310100"),
	TLSA("bad.example", "3 1 0 30020000ff"),
	TLSA("bad.example", "3 1 0 308000"),
	TLSA("bad.example", "3 1 0 3081"),
	TLSA("bad.example", "3 1 0 3083000100"),
	A("der.example"), TLSA("der.example", "3 1 0 30020500"),
	TLSA("der.example", "2 0 0 3081020500"),
	TLSA("der.example", "2 0 0 308200020500"),
	/* Aliases. */
	{ "alias.example", DNS_CNAME, "mx.example", 0 },
	{ "own.example", DNS_CNAME, "none.example", 0 },
	TLSA("own.example", "3 1 1 " H32),
	{ "out.example", DNS_CNAME, "far.example", 0 },
	TLSA("out.example", "3 1 1 " H32),
	{ "away.example", DNS_CNAME, "far.example", DNSPEER_INSECURE },
	TLSA("away.example", "3 1 1 " H32),
	{ "_25._tcp.shared.example", DNS_CNAME, "_25._tcp.mx.example", 0 },
	A("shared.example"),
	{ NULL, 0, NULL, 0 },
};

static struct fail fail;

static enum dane_result
find(const struct mx *mx, const char *host, struct dane *d)
{
	struct dns_addresses addresses;
	struct dane_query q = { dnspeer_server, mx, host, &addresses, "25" };

	CASE(host);
	CHECK_INT(dns_find_addresses(dnspeer_server, slice_str(host),
	    &addresses, &fail), DNS_FOUND);
	return dane_find(&q, d, &fail);
}

static enum dane_result
result(const char *host)
{
	struct dane d;
	enum dane_result rc = find(NULL, host, &d);

	CHECK_INT(d.n > 0, rc == DANE_USABLE);
	dane_free(&d);
	return rc;
}

static void
results(void)
{
	CHECK_INT(result("mx.example"), DANE_USABLE);
	CHECK_INT(result("none.example"), DANE_NONE);
	CHECK_INT(result("far.example"), DANE_NONE);
	CHECK_INT(result("forged.example"), DANE_NONE);
	CHECK_INT(result("192.0.2.1"), DANE_NONE);
	CHECK_INT(result("other.example"), DANE_UNUSABLE);
	CHECK_INT(result("bad.example"), DANE_UNUSABLE);
	CHECK_INT(result("shared.example"), DANE_USABLE);
	memset(&fail, 0, sizeof(fail));
	CHECK_INT(result("fails.example"), DANE_FAILED);
	CHECK_INT(fail.class, EX_TEMPFAIL);
	CHECK_STR(fail.text,
	    "_25._tcp.fails.example: TLSA: no answer from the DNS");
}

/* In the same order, whatever that of the answer is. */
static void
records(void)
{
	struct dane d;

	CHECK_INT(find(NULL, "mx.example", &d), DANE_USABLE);
	CHECK_INT(d.n, 3);
	CHECK_INT(d.record[0].usage, 2);
	CHECK_INT(d.record[0].matching, 2);
	CHECK_INT(d.record[0].data.n, 64);
	CHECK_INT(d.record[1].selector, 0);
	CHECK_INT(d.record[2].selector, 1);
	CHECK_INT(d.record[2].data.p[31] & 0xff, 0xff);
	dane_free(&d);
	CHECK_INT(find(NULL, "der.example", &d), DANE_USABLE);
	CHECK_INT(d.n, 3);
	dane_free(&d);
}

static void
names(void)
{
	struct mx mx = { .domain = "alias.org", .canonical = "example",
		.secure = 1 };
	struct dane d;

	CHECK_INT(find(&mx, "mx.example", &d), DANE_USABLE);
	CHECK_INT(d.names, 3);
	CHECK_STR(d.name[0], "mx.example");
	CHECK_STR(d.name[1], "alias.org");
	CHECK_STR(d.name[2], "example");
	dane_free(&d);
	mx.canonical = "alias.org";
	CHECK_INT(find(&mx, "alias.example", &d), DANE_USABLE);
	CHECK_INT(d.names, 2);
	CHECK_STR(d.name[0], "mx.example");
	dane_free(&d);
	CHECK_INT(find(NULL, "alias.example", &d), DANE_USABLE);
	CHECK_INT(d.names, 2);
	CHECK_STR(d.name[1], "alias.example");
	dane_free(&d);
	/* An MX that anybody may have made up. */
	mx.secure = 0;
	CHECK_INT(find(&mx, "mx.example", &d), DANE_NONE);
	dane_free(&d);
}

/* RFC 7672, 2.2.2: what an alias stands for comes first, then itself. */
static void
aliases(void)
{
	struct dane d;

	CHECK_INT(find(NULL, "own.example", &d), DANE_USABLE);
	CHECK_STR(d.name[0], "own.example");
	dane_free(&d);
	CHECK_INT(find(NULL, "out.example", &d), DANE_USABLE);
	CHECK_STR(d.name[0], "out.example");
	CHECK_INT(d.names, 1);
	dane_free(&d);
	CHECK_INT(find(NULL, "away.example", &d), DANE_NONE);
	dane_free(&d);
}

int
main(void)
{
	dnspeer_start(zone);
	RUN(results);
	RUN(records);
	RUN(names);
	RUN(aliases);
	dnspeer_stop();
	return unit_done();
}
