/* SPDX-License-Identifier: ISC */
/*
 * lookup NAMESERVER TYPE NAME		the records of that type
 * lookup NAMESERVER addresses HOST	IPv6 and IPv4
 * lookup NAMESERVER mx DOMAIN [SELF]	its hosts, in the order to try
 * lookup NAMESERVER dane DOMAIN PORT	what TLSA records each of them has
 * lookup NAMESERVER tls DOMAIN PORT	a TLS session with the first that can be
 *					reached, as DANE has it
 *
 * What lib/ finds in the DNS, for the tests: a line for each, "secure" or
 * "insecure" first.  The status is 0, or the class of the failure, with the
 * sentence on standard error.
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dane.h"
#include "dial.h"
#include "dns.h"
#include "mx.h"
#include "tlsclient.h"

static struct fail f;
static const char *nameserver;

static _Noreturn void
finish(const char *enhanced)
{
	(void)fprintf(stderr, "%s%s%s\n", enhanced, enhanced[0] != '\0' ? " " :
	    "", f.text);
	exit(f.class);
}

static void
print_data(enum dns_type type, struct slice data)
{
	char address[INET6_ADDRSTRLEN];
	size_t i;

	if (type == DNS_A || type == DNS_AAAA) {
		printf(" %s", inet_ntop(type == DNS_A ? AF_INET : AF_INET6,
		    data.p, address, sizeof(address)));
	} else if (type == DNS_TXT) {
		putchar(' ');
		(void)fwrite(data.p, 1, data.n, stdout);
	} else {
		putchar(' ');
		for (i = 0; i < data.n; i++)
			printf("%02x", (unsigned char)data.p[i]);
	}
}

static void
print_record(enum dns_type type, const struct dns_record *r)
{
	if (type == DNS_MX)
		printf(" %u", r->preference);
	if (type == DNS_TLSA)
		printf(" %d %d %d", r->usage, r->selector, r->matching);
	if (r->host != NULL)
		printf(" %s.", r->host);
	else
		print_data(type, r->data);
	putchar('\n');
}

static const char *
vouched(int secure)
{
	return secure ? "secure" : "insecure";
}

static void
look_up(const char *type, const char *name)
{
	static const struct {
		const char *name;
		enum dns_type type;
	} types[] = { { "A", DNS_A }, { "AAAA", DNS_AAAA },
		{ "CNAME", DNS_CNAME }, { "MX", DNS_MX },
		{ "TLSA", DNS_TLSA }, { "TXT", DNS_TXT } };
	struct dns_query q = { nameserver, slice_str(name), 0 };
	enum dns_result rc;
	struct dns_answer a;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, type) == 0)
			q.type = types[i].type;
	rc = dns_find(&q, &a, &f);
	if (rc != DNS_FOUND) {
		printf("%s %s\n", vouched(a.secure), rc == DNS_NO_NAME ?
		    "no name" : rc == DNS_NO_RECORD ? "no record" : "failed");
		dns_free(&a);
		finish("");
	}
	for (i = 0; i < a.n; i++) {
		printf("%s %s", vouched(a.secure), a.name);
		print_record(q.type, &a.record[i]);
	}
	if (a.left_out > 0)
		printf("%zu left out\n", a.left_out);
	dns_free(&a);
}

static void
find_addresses(const char *host, struct dns_addresses *a)
{
	if (dns_find_addresses(nameserver, slice_str(host), a, &f) !=
	    DNS_FOUND)
		finish("");
}

static void
print_addresses(const char *host)
{
	struct dns_addresses a;
	size_t i;

	find_addresses(host, &a);
	for (i = 0; i < a.n; i++) {
		printf("%s %s", vouched(a.secure), a.name);
		print_data(a.address[i].family == AF_INET ? DNS_A : DNS_AAAA,
		    (struct slice){ (char *)a.address[i].bytes, 16 });
		putchar('\n');
	}
	if (a.left_out > 0)
		printf("%zu left out\n", a.left_out);
}

static void
find_mx(const char *domain, const char *self, struct mx *mx)
{
	struct mx_query q = { nameserver, slice_str(domain), self };

	if (mx_find(&q, mx, &f) == -1)
		finish(mx->enhanced);
}

static void
print_mx(const struct mx *mx)
{
	size_t i;

	for (i = 0; i < mx->n; i++)
		printf("%s %u %s\n", vouched(mx->secure),
		    mx->host[i].preference, mx->host[i].name);
	if (mx->left_out > 0)
		printf("%zu left out\n", mx->left_out);
}

static void
print_dane(const struct mx *mx, const char *port)
{
	static const char *const words[] = { "none", "unusable", "usable" };
	struct dns_addresses a;
	enum dane_result rc;
	struct dane d;
	size_t i, k;

	for (i = 0; i < mx->n; i++) {
		struct dane_query q = { nameserver, mx, mx->host[i].name, &a,
			port };

		find_addresses(q.host, &a);
		if ((rc = dane_find(&q, &d, &f)) == DANE_FAILED)
			finish("");
		printf("%s %s %zu", q.host, words[rc], d.n);
		for (k = 0; k < d.names; k++)
			printf(" %s", d.name[k]);
		putchar('\n');
		dane_free(&d);
	}
}

static void
connect_to(const struct mx *mx, const char *port)
{
	const char *host = mx->host[0].name;
	struct dns_addresses a;
	struct dane_query q = { nameserver, mx, host, &a, port };
	struct tlsclient_options o = { .host = host, .port = port,
		.fresh = 1 };
	struct dial_to to = { host, port, NULL, 10, &a };
	const struct tls_facts *facts;
	struct tlsclient *client;
	enum dane_result rc;
	struct conn *c;
	struct tls *t;
	struct dane d;

	find_addresses(host, &a);
	if ((rc = dane_find(&q, &d, &f)) == DANE_FAILED)
		finish("");
	if (rc == DANE_USABLE)
		o.dane = &d;
	else
		o.check = TLSCLIENT_LOOK;
	if ((c = dial_to(&to, &f)) == NULL ||
	    (client = tlsclient_new(&o, &f)) == NULL ||
	    (t = tlsclient_session(client, &f)) == NULL ||
	    conn_start_tls(c, t, &f) == -1)
		finish("");
	facts = tls_facts(conn_tls(c));
	printf("%s %s %s\n", host, facts->verified ? "verified" : "unverified",
	    facts->dane ? "dane" : "no dane");
	conn_close(&c);
	tlsclient_free(&client);
	dane_free(&d);
}

int
main(int argc, char *argv[])
{
	struct mx mx = { .n = 0 };
	const char *what;

	if (argc < 4 || argc > 5)
		return EX_USAGE;
	nameserver = strcmp(argv[1], "-") == 0 ? NULL : argv[1];
	what = argv[2];
	if (strcmp(what, "addresses") == 0) {
		print_addresses(argv[3]);
	} else if (strcmp(what, "mx") == 0) {
		find_mx(argv[3], argv[4], &mx);
		print_mx(&mx);
	} else if (strcmp(what, "dane") == 0 && argc == 5) {
		find_mx(argv[3], NULL, &mx);
		print_dane(&mx, argv[4]);
	} else if (strcmp(what, "tls") == 0 && argc == 5) {
		find_mx(argv[3], NULL, &mx);
		connect_to(&mx, argv[4]);
	} else {
		look_up(what, argv[3]);
	}
	mx_free(&mx);
	return 0;
}
