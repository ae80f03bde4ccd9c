/* SPDX-License-Identifier: ISC */
/* Unit test of network: addresses and networks. */

#include "network.h"
#include "unit.h"

static const struct {
	const char *word, *address;
	int has; /* -1: no word */
} cases[] = {
	{ "192.0.2.1", "192.0.2.1", 1 },
	{ "192.0.2.1", "192.0.2.2", 0 },
	{ "192.0.2.0/24", "192.0.2.255", 1 },
	{ "192.0.2.77/24", "192.0.2.1", 1 },
	{ "192.0.2.0/24", "192.0.3.0", 0 },
	{ "192.0.2.0/23", "192.0.3.0", 1 },
	{ "192.0.2.128/25", "192.0.2.127", 0 },
	{ "192.0.2.128/25", "192.0.2.128", 1 },
	{ "192.0.2.1/32", "192.0.2.1", 1 },
	{ "192.0.2.1/31", "192.0.2.0", 1 },
	{ "192.0.2.1/32", "192.0.2.0", 0 },
	{ "0.0.0.0/0", "203.0.113.9", 1 },
	{ "0.0.0.0/0", "2001:db8::1", 0 },
	{ "::/0", "2001:db8::1", 1 },
	{ "::/0", "192.0.2.1", 0 },
	{ "2001:db8::/33", "2001:db8:7fff::", 1 },
	{ "2001:db8::/33", "2001:db8:8000::", 0 },
	{ "2001:DB8::1", "2001:db8::1", 1 },
	{ "local", "", 1 },
	{ "local", "127.0.0.1", 0 },
	{ "0.0.0.0/0", "", 0 },
	{ "::/0", "", 0 },
	{ "", "", -1 },
	{ "/", "", -1 },
	{ "192.0.2", "", -1 },
	{ "192.0.2.1/", "", -1 },
	{ "192.0.2.1/33", "", -1 },
	{ "192.0.2.1/-1", "", -1 },
	{ "192.0.2.1/8/8", "", -1 },
	{ "192.0.2.1 ", "", -1 },
	{ "::1/129", "", -1 },
	{ "::g", "", -1 },
	{ "Local", "", -1 },
	{ "2001:db8:1111:2222:3333:4444:5555:6666:7777:8888", "", -1 },
};

static void
membership(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct peer peer = { .local = cases[i].address[0] == '\0' };
		const char *list[] = { "198.51.100.1", cases[i].word };

		CASE(cases[i].word);
		CHECK_INT(network_ok(slice_str(cases[i].word)),
		    cases[i].has != -1);
		(void)snprintf(peer.address, sizeof(peer.address), "%s",
		    cases[i].address);
		if (cases[i].has != -1)
			CHECK_INT(network_has(list, 2, &peer), cases[i].has);
		CHECK_INT(network_has(list, 0, &peer), 0);
	}
}

/* A socket whose peer is gone has no address, and is not this machine. */
static void
nobody(void)
{
	const char *list[] = { "local" };
	struct peer peer = { .local = 0 };

	CHECK_INT(network_has(list, 1, &peer), 0);
	CHECK_INT(network_ok((struct slice){ "::1\0", 4 }), 0);
}

int
main(void)
{
	RUN(membership);
	RUN(nobody);
	return unit_done();
}
