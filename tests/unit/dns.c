/* SPDX-License-Identifier: ISC */
/* Unit test of dns: answers, and servers that give none. */

#include <arpa/inet.h>

#include "buf.h"
#include "dns.h"
#include "dnspeer.h"
#include "unit.h"

#define HEAD(flags, n) "\0\1" flags "\0\1\0" n "\0\0\0\0"
#define HEADER HEAD("\x81\x80", "\1")
#define QUESTION "\1a\1b\0\0\x0f\0\1"
#define RECORD "\xc0\x0c\0\x0f\0\1\0\0\0\1"
/* Of "a.b", of the type and class IN, with the length of its data. */
#define OF(type, n) "\xc0\x0c\0" type "\0\1\0\0\0\1\0" n

static void
servers(void)
{
	static const char *const no[] = { "", "localhost", "127.0.0.1:",
		"127.0.0.1:0", "127.0.0.1:65536", ":53", "::1", "1.2.3.4.5",
		"127.0.0.1 ", "100.100.100.100.100.100", "[127.0.0.1]",
		"[::1", "[::1]:", "[::1]53", "[::1]:0", "[]", "[", "[]:53",
		"[::1]:65536", "::1:53", "[::1]]:53",
		"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]" };
	union dns_server to;
	size_t i;

	CHECK_INT(dns_server("192.0.2.1", &to), 0);
	CHECK_INT(ntohs(to.v4.sin_port), 53);
	CHECK_INT(ntohl(to.v4.sin_addr.s_addr), 0xc0000201);
	CHECK_INT(dns_server("127.0.0.1:5353", &to), 0);
	CHECK_INT(to.any.sa_family, AF_INET);
	CHECK_INT(ntohs(to.v4.sin_port), 5353);
	CHECK_INT(dns_server("[::1]", &to), 0);
	CHECK_INT(to.any.sa_family, AF_INET6);
	CHECK_INT(ntohs(to.v6.sin6_port), 53);
	CHECK_INT(dns_server("[2001:db8::1]:5353", &to), 0);
	CHECK_INT(ntohs(to.v6.sin6_port), 5353);
	CHECK_INT(to.v6.sin6_addr.s6_addr[15], 1);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		CASE(no[i]);
		CHECK_INT(dns_server(no[i], &to), -1);
	}
}

#define LABEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"

static void
hosts(void)
{
	static const struct {
		const char *name;
		int want;
	} all[] = {
		{ "mx.example.org", 1 }, { "MX.example.org.", 1 }, { "a", 1 },
		{ "a_b.c-d", 1 }, { "_25._tcp.mx", 1 }, { "1.a", 1 },
		{ LABEL "x.a", 1 }, { LABEL "xy.a", 0 },
		{ LABEL "x." LABEL "x." LABEL "x." LABEL, 0 },
		{ "", 0 }, { ".", 0 }, { "a..b", 0 }, { ".a", 0 },
		{ "a..", 0 }, { "192.0.2.1", 0 }, { "1", 0 }, { "a.1", 0 },
		{ "[192.0.2.1]", 0 }, { "2001:db8::1", 0 }, { "a b", 0 },
		{ "a\\000b", 0 }, { "a/b", 0 }, { "a@b", 0 },
		{ "m\303\274.example", 0 }, { "*.example", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CASE(all[i].name);
		CHECK_INT(dns_is_host(slice_str(all[i].name)), all[i].want);
	}
}

static enum dns_result
read_answer(struct slice answer, enum dns_type type, struct dns_answer *a)
{
	struct slice s = unit_exact(answer);
	enum dns_result rc = dns_read(s, type, a);

	free((char *)(uintptr_t)s.p);
	return rc;
}

static void
answers(void)
{
	struct dns_answer a;

	CHECK_INT(read_answer(SLICE(HEADER QUESTION RECORD
	    "\0\7\0\x0a\2mx\xc0\x0c"), DNS_MX, &a), DNS_FOUND);
	CHECK_INT(a.n, 1);
	CHECK_INT(a.record[0].preference, 10);
	CHECK_STR(a.record[0].host, "mx.a.b");
	CHECK_STR(a.name, "a.b");
	CHECK_INT(a.secure, 0);
	CHECK_INT(dns_is_null_mx(&a), 0);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION RECORD "\0\3\0\0\0"),
	    DNS_MX, &a), DNS_FOUND);
	CHECK_INT(dns_is_null_mx(&a), 1);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEAD("\x81\xa0", "\1") QUESTION RECORD
	    "\0\3\0\0\0"), DNS_MX, &a), DNS_FOUND);
	CHECK_INT(a.secure, 1);
	dns_free(&a);
}

/* With another record beside it the domain takes mail. */
static void
not_null(void)
{
	struct dns_answer a;

	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\2") QUESTION
	    RECORD "\0\3\0\0\0" RECORD "\0\7\0\x0a\2mx\xc0\x0c"), DNS_MX, &a),
	    DNS_FOUND);
	CHECK_INT(a.n, 2);
	CHECK_INT(dns_is_null_mx(&a), 0);
	dns_free(&a);
}

static void
data(void)
{
	struct dns_answer a;
	const struct dns_record *r = a.record;

	CHECK_INT(read_answer(SLICE(HEADER QUESTION OF("\1", "\4")
	    "\x7f\0\0\1"), DNS_A, &a), DNS_FOUND);
	CHECK_SLICE(r->data, SLICE("\x7f\0\0\1"));
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION OF("\x1c", "\x10")
	    "0123456789abcdef"), DNS_AAAA, &a), DNS_FOUND);
	CHECK_SLICE(r->data, SLICE("0123456789abcdef"));
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION OF("\x10", "\6")
	    "\2ab\0\1c"), DNS_TXT, &a), DNS_FOUND);
	CHECK_SLICE(r->data, SLICE("abc"));
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION OF("\x34", "\5")
	    "\3\1\2xy"), DNS_TLSA, &a), DNS_FOUND);
	CHECK_INT(r->usage, 3);
	CHECK_INT(r->selector, 1);
	CHECK_INT(r->matching, 2);
	CHECK_SLICE(r->data, SLICE("xy"));
	dns_free(&a);
}

/* What is no record of its type is left out, and it is not as if there were
 * none; what is of another class, type or name is not there. */
static void
left_out(void)
{
	const struct {
		struct slice answer;
		enum dns_type type;
		size_t want;
	} all[] = {
		{ SLICE(OF("\1", "\3") "\x7f\0\0"), DNS_A, 1 },
		{ SLICE(OF("\1", "\5") "\x7f\0\0\1\1"), DNS_A, 1 },
		{ SLICE(OF("\x1c", "\4") "\x7f\0\0\1"), DNS_AAAA, 1 },
		{ SLICE(OF("\x10", "\2") "\2a"), DNS_TXT, 1 },
		{ SLICE(OF("\x34", "\2") "\3\1"), DNS_TLSA, 1 },
		{ SLICE(OF("\x0f", "\1") "\0"), DNS_MX, 1 },
		{ SLICE(OF("\x0f", "\4") "\0\0\xff\xff"), DNS_MX, 1 },
		{ SLICE(OF("\x0f", "\4") "\0\0\xc0\x23"), DNS_MX, 1 },
		/* A name that goes on behind its record. */
		{ SLICE(OF("\x0f", "\4") "\0\x0a\2mx\xc0\x0c"), DNS_MX, 1 },
		{ SLICE("\xc0\x0e\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"), DNS_A, 0 },
		{ SLICE("\xc0\x0c\0\1\0\3\0\0\0\1\0\4\x7f\0\0\1"), DNS_A, 0 },
		{ SLICE(OF("\1", "\4") "\x7f\0\0\1"), DNS_MX, 0 },
	};
	struct buf answer = BUF(256);
	struct dns_answer a;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		buf_clear(&answer);
		(void)buf_add(&answer, SLICE(HEADER QUESTION));
		(void)buf_add(&answer, all[i].answer);
		CHECK_INT(read_answer(buf_slice(&answer), all[i].type, &a),
		    all[i].want == 0 ? DNS_NO_RECORD : DNS_FAILED);
		CHECK_INT(a.left_out, all[i].want);
		dns_free(&a);
	}
	buf_free(&answer);
}

static void
some_left_out(void)
{
	struct dns_answer a;

	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\2") QUESTION
	    OF("\1", "\3") "\x7f\0\0" OF("\1", "\4") "\x7f\0\0\2"), DNS_A,
	    &a), DNS_FOUND);
	CHECK_INT(a.n, 1);
	CHECK_INT(a.left_out, 1);
	CHECK_SLICE(a.record[0].data, SLICE("\x7f\0\0\2"));
	dns_free(&a);
}

static void
too_many(void)
{
	struct buf answer = BUF(65536);
	struct dns_answer a;
	int i;

	(void)buf_add(&answer, SLICE("\0\1\x81\x80\0\1\3\xe8\0\0\0\0"
	    QUESTION));
	for (i = 0; i < 1000; i++)
		(void)buf_add(&answer, SLICE(RECORD "\0\4\0\x0a\xc0\x0c"));
	CHECK_INT(read_answer(buf_slice(&answer), DNS_MX, &a), DNS_FOUND);
	CHECK_INT(a.n, DNS_RECORDS);
	CHECK_INT(a.left_out, 1000 - DNS_RECORDS);
	dns_free(&a);
	buf_free(&answer);
}

/* a.b is an alias of c.b, and that of d.b, in whatever order they come. */
#define ALIAS OF("\5", "\4") "\1c\xc0\x0e"		/* at 21, data at 33 */
#define TARGET "\1C\xc0\x0e\0\5\0\1\0\0\0\1\0\4\1d\xc0\x0e"
#define END "\1d\xc0\x0e\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"

static void
aliases(void)
{
	struct dns_answer a;

	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\3") QUESTION ALIAS
	    TARGET END), DNS_A, &a), DNS_FOUND);
	CHECK_STR(a.name, "d.b");
	CHECK_INT(a.n, 1);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\3") QUESTION END
	    TARGET ALIAS), DNS_A, &a), DNS_FOUND);
	CHECK_STR(a.name, "d.b");
	dns_free(&a);
	/* What is asked for is the alias itself. */
	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\2") QUESTION ALIAS
	    TARGET), DNS_CNAME, &a), DNS_FOUND);
	CHECK_STR(a.name, "a.b");
	CHECK_STR(a.record[0].host, "c.b");
	dns_free(&a);
	/* The target is not in it. */
	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\2") QUESTION ALIAS
	    TARGET), DNS_A, &a), DNS_NO_RECORD);
	CHECK_STR(a.name, "d.b");
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION OF("\5", "\2")
	    "\xc0\x0c"), DNS_A, &a), DNS_FAILED);
	dns_free(&a);
}

/* Aliases "a", "b", ... of one another, the last of an address. */
static enum dns_result
read_chain(int n)
{
	struct buf answer = BUF(65536);
	struct dns_answer a;
	enum dns_result rc;
	int i;

	(void)buf_add(&answer, SLICE("\0\1\x81\x80\0\1\0"));
	(void)buf_addc(&answer, n + 1);
	(void)buf_add(&answer, SLICE("\0\0\0\0" QUESTION));
	for (i = 0; i < n; i++) {
		(void)buf_addf(&answer, "\1%c", 'a' + i);
		(void)buf_add(&answer, SLICE("\xc0\x0e\0\5\0\1\0\0\0\1\0\4"));
		(void)buf_addf(&answer, "\1%c\xc0\x0e", 'a' + i + 1);
	}
	(void)buf_addf(&answer, "\1%c", 'a' + n);
	(void)buf_add(&answer, SLICE("\xc0\x0e\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"));
	rc = read_answer(buf_slice(&answer), DNS_A, &a);
	dns_free(&a);
	buf_free(&answer);
	return rc;
}

static void
many_aliases(void)
{
	CHECK_INT(read_chain(DNS_CNAMES), DNS_FOUND);
	CHECK_INT(read_chain(DNS_CNAMES + 1), DNS_FAILED);
}

static const struct dnspeer_record zone[] = {
	{ "end.example", DNS_A, "192.0.2.1", 0 },
	{ "near.example", DNS_CNAME, "end.example", DNSPEER_ALONE },
	{ "weak.example", DNS_CNAME, "end.example",
	    DNSPEER_ALONE | DNSPEER_INSECURE },
	{ "far.example", DNS_CNAME, "a.example", DNSPEER_ALONE },
	{ "a.example", DNS_CNAME, "b.example", DNSPEER_ALONE },
	{ "b.example", DNS_CNAME, "c.example", DNSPEER_ALONE },
	{ "c.example", DNS_CNAME, "d.example", DNSPEER_ALONE },
	{ "d.example", DNS_CNAME, "end.example", DNSPEER_ALONE },
	{ "round.example", DNS_CNAME, "about.example", DNSPEER_ALONE },
	{ "about.example", DNS_CNAME, "round.example", DNSPEER_ALONE },
	{ "no.example", DNS_CNAME, "a b", DNSPEER_ALONE },
	{ "half.example", DNS_AAAA, "2001:db8::1", DNSPEER_INSECURE },
	{ "half.example", DNS_A, "192.0.2.1", 0 },
	{ "lost.example", DNS_AAAA, "SERVFAIL", 0 },
	{ "v4.example", DNS_AAAA, "SERVFAIL", 0 },
	{ "v4.example", DNS_A, "192.0.2.1", 0 },
	{ NULL, 0, NULL, 0 },
};

static enum dns_result
find(const char *name, int *secure)
{
	struct dns_query q = { dnspeer_server, slice_str(name), DNS_A };
	struct fail f = { 0 };
	struct dns_answer a;
	enum dns_result rc = dns_find(&q, &a, &f);

	*secure = a.secure;
	if (rc == DNS_FOUND)
		CHECK_STR(a.name, "end.example");
	dns_free(&a);
	return rc;
}

static void
further_questions(void)
{
	int secure;

	CHECK_INT(find("near.example", &secure), DNS_FOUND);
	CHECK_INT(secure, 1);
	CHECK_INT(find("weak.example", &secure), DNS_FOUND);
	CHECK_INT(secure, 0);
	CHECK_INT(find("b.example", &secure), DNS_FOUND);
	CHECK_INT(find("a.example", &secure), DNS_FOUND);
	CHECK_INT(find("far.example", &secure), DNS_FAILED);
	CHECK_INT(find("round.example", &secure), DNS_FAILED);
	CHECK_INT(find("no.example", &secure), DNS_NO_NAME);
}

static void
both_families(void)
{
	struct dns_addresses a;
	struct fail f = { 0 };

	CHECK_INT(dns_find_addresses(dnspeer_server, SLICE("half.example"),
	    &a, &f), DNS_FOUND);
	CHECK_INT(a.n, 2);
	CHECK_INT(a.address[0].family, AF_INET6);
	CHECK_INT(a.secure, 0);
	CHECK_INT(dns_find_addresses(dnspeer_server, SLICE("v4.example"), &a,
	    &f), DNS_FOUND);
	CHECK_INT(a.n, 1);
	CHECK_INT(a.secure, 1);
	CHECK_STR(a.name, "v4.example");
	CHECK_INT(dns_find_addresses(dnspeer_server, SLICE("lost.example"),
	    &a, &f), DNS_FAILED);
	CHECK_INT(dns_find_addresses(dnspeer_server, SLICE("none.example"),
	    &a, &f), DNS_NO_NAME);
	CHECK_INT(a.secure, 0);
}

static void
many_addresses(void)
{
	static char text[31][32];
	struct dnspeer_record many[31] = { { 0 } };
	struct dns_addresses a;
	struct fail f = { 0 };
	int i;

	for (i = 0; i < 30; i++) {
		(void)snprintf(text[i], sizeof(text[i]), i < 15 ?
		    "192.0.2.%d" : "2001:db8::%d", i);
		many[i] = (struct dnspeer_record){ "many.example",
			i < 15 ? DNS_A : DNS_AAAA, text[i], 0 };
	}
	dnspeer_stop();
	dnspeer_start(many);
	CHECK_INT(dns_find_addresses(dnspeer_server, SLICE("many.example"),
	    &a, &f), DNS_FOUND);
	CHECK_INT(a.n, DNS_ADDRESSES);
	CHECK_INT(a.left_out, 10);
	CHECK_INT(a.address[9].family, AF_INET6);
	CHECK_INT(a.address[10].family, AF_INET);
}

static void
no_answers(void)
{
	static const char all[] = HEADER QUESTION RECORD "\0\7\0\x0a\2mx"
	    "\xc0\x0c";
	struct dns_answer a;
	size_t i;

	for (i = 0; i < sizeof(all) - 1; i++) {
		CHECK_INT(read_answer((struct slice){ all, i }, DNS_MX, &a),
		    DNS_FAILED);
		CHECK_INT(a.n, 0);
		dns_free(&a);
	}
	/* No question, and two. */
	CHECK_INT(read_answer(SLICE("\0\1\x81\x80\0\0\0\1\0\0\0\0"
	    "\1a\1b\0\0\x0f\0\1\0\0\0\1\0\3\0\0\0"), DNS_MX, &a),
	    DNS_FAILED);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE("\0\1\x81\x80\0\2\0\0\0\0\0\0" QUESTION
	    QUESTION), DNS_MX, &a), DNS_FAILED);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEAD("\x81\x82", "\0") QUESTION), DNS_MX,
	    &a), DNS_FAILED);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEAD("\x81\xa3", "\0") QUESTION), DNS_MX,
	    &a), DNS_NO_NAME);
	CHECK_INT(a.secure, 1);
	dns_free(&a);
	CHECK_INT(read_answer(SLICE(HEAD("\x81\x80", "\0") QUESTION), DNS_MX,
	    &a), DNS_NO_RECORD);
	dns_free(&a);
}

static void
nobody_there(void)
{
	struct dns_query q = { "127.0.0.1:1", SLICE("example.org"), DNS_MX };
	struct dns_addresses addresses;
	struct fail f = { 0 };
	struct dns_answer a;

	CHECK_INT(dns_find(&q, &a, &f), DNS_FAILED);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "example.org: MX: no answer from the DNS");
	CHECK_INT(a.n, 0);
	dns_free(&a);
	q.nameserver = "[::1]:1";
	CHECK_INT(dns_find(&q, &a, &f), DNS_FAILED);
	dns_free(&a);
	CHECK_INT(dns_find_addresses("127.0.0.1:1", SLICE("example.org"),
	    &addresses, &f), DNS_FAILED);
	CHECK_STR(f.text, "example.org: addresses: no answer from the DNS");
	CHECK_INT(addresses.secure, 0);
}

/* Without a question. */
static void
no_question(void)
{
	static const char *const no[] = { "", ".", "a..b", "a b",
		"[127.0.0.1]" };
	struct dns_addresses addresses;
	struct fail f = { 0 };
	struct dns_answer a;
	size_t i;

	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		struct dns_query q = { "127.0.0.1:1", slice_str(no[i]),
			DNS_MX };

		CASE(no[i]);
		CHECK_INT(dns_find(&q, &a, &f), DNS_NO_NAME);
		CHECK_INT(f.class, EX_NOHOST);
		dns_free(&a);
	}
	CHECK_INT(dns_find_addresses("127.0.0.1:1", SLICE("192.0.2.1"),
	    &addresses, &f), DNS_FOUND);
	CHECK_INT(addresses.n, 1);
	CHECK_INT(addresses.address[0].family, AF_INET);
	CHECK_INT(dns_find_addresses("127.0.0.1:1", SLICE("2001:db8::1"),
	    &addresses, &f), DNS_FOUND);
	CHECK_INT(addresses.address[0].family, AF_INET6);
	CHECK_INT(addresses.secure, 0);
	CHECK_STR(addresses.name, "2001:db8::1");
}

int
main(void)
{
	RUN(servers);
	RUN(hosts);
	RUN(answers);
	RUN(not_null);
	RUN(data);
	RUN(left_out);
	RUN(some_left_out);
	RUN(too_many);
	RUN(aliases);
	RUN(many_aliases);
	dnspeer_start(zone);
	RUN(further_questions);
	RUN(both_families);
	RUN(many_addresses);
	dnspeer_stop();
	RUN(no_answers);
	RUN(nobody_there);
	RUN(no_question);
	return unit_done();
}
