/* SPDX-License-Identifier: ISC */
/* Unit test of proxy: headers of balancers, byte by byte. */

#include <string.h>

#include "proxy.h"
#include "unit.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"
#define FOUR "\300\0\2\1" "\300\0\2\2" "\x30\x39" "\0\x19"
#define SIX "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
	"\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\x30\x39" "\0\x19"
#define HEX_107 "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff " \
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"

static const struct {
	const char *name;
	struct slice bytes;
	const char *client; /* NULL: refused; "": unknown */
} cases[] = {
	{ "v1", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 12345 25\r\n"),
	    "192.0.2.1 12345" },
	{ "v1 v6", SLICE("PROXY TCP6 2001:db8::1 2001:db8::2 12345 25\r\n"),
	    "2001:db8::1 12345" },
	{ "unknown", SLICE("PROXY UNKNOWN\r\n"), "" },
	{ "unknown, more", SLICE("PROXY UNKNOWN 1 2 3\r\n"), "" },
	{ "the longest", SLICE(HEX_107 "\r\n"), "" },
	{ "107 without CRLF", SLICE(HEX_107 "55"), NULL },
	{ "too long", SLICE(HEX_107 "5\r\n"), NULL },
	{ "unknowns", SLICE("PROXY UNKNOWNS\r\n"), NULL },
	{ "no CR", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 12345 25\n"), NULL },
	{ "a CR more", SLICE("PROXY UNKNOWN\r\r\n"), NULL },
	{ "two spaces", SLICE("PROXY TCP4  192.0.2.1 192.0.2.2 1 25\r\n"),
	    NULL },
	{ "a space more", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 1 25 \r\n"),
	    NULL },
	{ "few words", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"), NULL },
	{ "zeros", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 01 25\r\n"), NULL },
	{ "port", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 65536 25\r\n"), NULL },
	{ "minus", SLICE("PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n"), NULL },
	{ "destination", SLICE("PROXY TCP4 192.0.2.1 x 1 25\r\n"), NULL },
	{ "mixed", SLICE("PROXY TCP4 2001:db8::1 2001:db8::2 1 25\r\n"), NULL },
	{ "mixed", SLICE("PROXY TCP6 192.0.2.1 192.0.2.2 1 25\r\n"), NULL },
	{ "UDP", SLICE("PROXY UDP4 192.0.2.1 192.0.2.2 1 25\r\n"), NULL },
	{ "NUL", SLICE("PROXY TCP4 192.0.2.1\0 192.0.2.2 1 25\r\n"), NULL },
	{ "octal", SLICE("PROXY TCP4 192.0.2.01 192.0.2.2 1 25\r\n"), NULL },
	{ "case", SLICE("proxy unknown\r\n"), NULL },
	{ "SMTP", SLICE("EHLO a.example\r\n"), NULL },
	{ "v2", SLICE(V2 "\x21\x11\0\x0c" FOUR), "192.0.2.1 12345" },
	{ "v2 v6", SLICE(V2 "\x21\x21\0\x24" SIX), "2001:db8::1 12345" },
	{ "v2 TLV", SLICE(V2 "\x21\x11\0\x13" FOUR "\4\0\0\1\0\1x"),
	    "192.0.2.1 12345" },
	{ "a small TLV", SLICE(V2 "\x21\x11\0\x10" FOUR "\4\0\1" "\1"),
	    "192.0.2.1 12345" },
	{ "a TLV cut off", SLICE(V2 "\x21\x11\0\x10" FOUR "\4\0\2" "\1"),
	    NULL },
	{ "a TLV cut off", SLICE(V2 "\x21\x11\0\x0e" FOUR "\4\0"), NULL },
	{ "a TLV too long", SLICE(V2 "\x21\x11\0\x0f" FOUR "\4\xff\xff"),
	    NULL },
	{ "v2 short", SLICE(V2 "\x21\x11\0\x0b" "\300\0\2\1\300\0\2\2\0\0\0"),
	    NULL },
	{ "v2 none", SLICE(V2 "\x21\x11\0\0"), NULL },
	{ "v6 of v4", SLICE(V2 "\x21\x21\0\x0c" FOUR), NULL },
	{ "LOCAL", SLICE(V2 "\x20\x00\0\0"), "" },
	{ "LOCAL, addresses", SLICE(V2 "\x20\x11\0\x0c" FOUR), "" },
	{ "LOCAL, anything", SLICE(V2 "\x20\xff\0\3xyz"), "" },
	{ "UNSPEC", SLICE(V2 "\x21\0\0\0"), "" },
	{ "UNSPEC, anything", SLICE(V2 "\x21\0\0\1x"), "" },
	{ "v2 UDP", SLICE(V2 "\x21\x12\0\x0c" FOUR), NULL },
	{ "family", SLICE(V2 "\x21\x41\0\0"), NULL },
	{ "version", SLICE(V2 "\x11\x11\0\x0c" FOUR), NULL },
	{ "command", SLICE(V2 "\x22\x11\0\x0c" FOUR), NULL },
	{ "too long", SLICE(V2 "\x21\x11\x08\x01"), NULL },
	{ "longest", SLICE(V2 "\x21\x11\xff\xff"), NULL },
	{ "signature", SLICE("\r\n\r\n\0\r\nQUIT\r\x21\x11\0\x0c" FOUR), NULL },
};

/* As a server reads it: no byte more than was asked for. */
static int
feed(struct slice bytes, struct proxy *p, size_t *taken)
{
	size_t n = 0, more = PROXY_FIRST;
	struct fail f;
	int rc = PROXY_MORE;

	while (rc == PROXY_MORE && n + more <= bytes.n) {
		struct slice copy;

		n += more;
		copy = unit_exact(slice_sub(bytes, 0, n));
		rc = proxy_read(copy, &more, p, &f);
		free((void *)(uintptr_t)copy.p);
		if (rc == -1)
			CHECK_INT(f.class, EX_PROTOCOL);
		else if (rc == PROXY_MORE)
			CHECK_INT(more > 0 && n + more <= PROXY_MOST, 1);
	}
	*taken = n;
	return rc;
}

static void
headers(void)
{
	size_t i, taken;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proxy p = { 0 };
		char said[80] = "";
		struct peer peer;
		int rc;

		CASE(cases[i].name);
		rc = feed(cases[i].bytes, &p, &taken);
		CHECK_INT(rc, cases[i].client != NULL ? PROXY_DONE : -1);
		if (rc != PROXY_DONE)
			continue;
		CHECK_INT(taken, cases[i].bytes.n);
		peer_from_address(&peer, &p.client);
		if (p.known)
			(void)snprintf(said, sizeof(said), "%s %u",
			    peer.address, ntohs(p.client.v4.sin_port));
		CHECK_STR(said, cases[i].client);
	}
}

/* A part of a header is never one. */
static void
prefixes(void)
{
	size_t i, n, taken;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proxy p;

		CASE(cases[i].name);
		for (n = 0; cases[i].client != NULL && n < cases[i].bytes.n;
		    n++)
			CHECK_INT(feed(slice_sub(cases[i].bytes, 0, n), &p,
			    &taken), PROXY_MORE);
	}
}

int
main(void)
{
	RUN(headers);
	RUN(prefixes);
	return unit_done();
}
