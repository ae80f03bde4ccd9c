/* SPDX-License-Identifier: ISC */
/* Unit test of dns: answers, and servers that give none. */

#include <arpa/inet.h>

#include "dns.h"
#include "unit.h"

#define HEADER "\0\1\x81\x80\0\1\0\1\0\0\0\0"
#define QUESTION "\1a\1b\0\0\x0f\0\1"
#define RECORD "\xc0\x0c\0\x0f\0\1\0\0\0\1"

static void
servers(void)
{
	static const char *const no[] = { "", "localhost", "127.0.0.1:",
		"127.0.0.1:0", "127.0.0.1:65536", ":53", "::1", "1.2.3.4.5",
		"127.0.0.1 ", "100.100.100.100.100.100" };
	struct sockaddr_in to;
	size_t i;

	CHECK_INT(dns_server("192.0.2.1", &to), 0);
	CHECK_INT(ntohs(to.sin_port), 53);
	CHECK_INT(ntohl(to.sin_addr.s_addr), 0xc0000201);
	CHECK_INT(dns_server("127.0.0.1:5353", &to), 0);
	CHECK_INT(ntohs(to.sin_port), 5353);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		CASE(no[i]);
		CHECK_INT(dns_server(no[i], &to), -1);
	}
}

static enum dns_result
read_answer(struct slice answer, struct dns_mx *mx)
{
	struct slice s = unit_exact(answer);
	enum dns_result rc = dns_read_mx(s, mx);

	free((char *)(uintptr_t)s.p);
	return rc;
}

static void
answers(void)
{
	struct dns_mx mx;

	CHECK_INT(read_answer(SLICE(HEADER QUESTION RECORD
	    "\0\7\0\x0a\2mx\xc0\x0c"), &mx), DNS_FOUND);
	CHECK_INT(mx.n, 1);
	CHECK_INT(mx.record[0].preference, 10);
	CHECK_STR(mx.record[0].host, "mx.a.b");
	CHECK_INT(dns_is_null_mx(&mx), 0);
	arena_free(&mx.arena);
	CHECK_INT(read_answer(SLICE(HEADER QUESTION RECORD "\0\3\0\0\0"),
	    &mx), DNS_FOUND);
	CHECK_INT(dns_is_null_mx(&mx), 1);
	arena_free(&mx.arena);
}

/* With another record beside it the domain takes mail. */
static void
not_null(void)
{
	struct dns_mx mx;

	CHECK_INT(read_answer(SLICE("\0\1\x81\x80\0\1\0\2\0\0\0\0" QUESTION
	    RECORD "\0\3\0\0\0" RECORD "\0\7\0\x0a\2mx\xc0\x0c"), &mx),
	    DNS_FOUND);
	CHECK_INT(mx.n, 2);
	CHECK_INT(dns_is_null_mx(&mx), 0);
	arena_free(&mx.arena);
}

static void
no_answers(void)
{
	static const char all[] = HEADER QUESTION RECORD "\0\7\0\x0a\2mx"
	    "\xc0\x0c";
	struct dns_mx mx;
	size_t i;

	for (i = 0; i < sizeof(all) - 1; i++) {
		CHECK(read_answer((struct slice){ all, i }, &mx) !=
		    DNS_FOUND);
		arena_free(&mx.arena);
	}
	/* A name that points to itself. */
	CHECK_INT(read_answer(SLICE(HEADER QUESTION RECORD
	    "\0\4\0\x0a\xc0\x23"), &mx), DNS_NONE);
	arena_free(&mx.arena);
	/* An address where a mail exchanger was asked for. */
	CHECK_INT(read_answer(SLICE(HEADER QUESTION "\xc0\x0c\0\1\0\1\0\0\0\1"
	    "\0\4\x7f\0\0\1"), &mx), DNS_NONE);
	arena_free(&mx.arena);
}

static void
nobody_there(void)
{
	struct fail f = { 0 };
	struct dns_mx mx;

	CHECK_INT(dns_find_mx("127.0.0.1:1", SLICE("example.org"), &mx, &f),
	    DNS_FAILED);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "example.org: MX: no answer from the DNS");
	CHECK_INT(mx.n, 0);
}

int
main(void)
{
	RUN(servers);
	RUN(answers);
	RUN(not_null);
	RUN(no_answers);
	RUN(nobody_there);
	return unit_done();
}
