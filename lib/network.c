/* SPDX-License-Identifier: ISC */
/* network: lists of addresses and networks; see network.h. */

#include <string.h>

#include "ip.h"
#include "network.h"

struct network {
	int family;
	unsigned char bytes[IP_BYTES];
	unsigned bits;
};

/* An address alone: 0 or -1. */
static int
read_address(struct slice text, struct network *n)
{
	n->family = ip_read(text, n->bytes);
	n->bits = n->family == AF_INET ? 32 : 128;
	return n->family != 0 ? 0 : -1;
}

static int
read_network(struct slice word, struct network *n)
{
	struct slice address;
	uint64_t bits;

	if (!slice_until(&word, '/', &address))
		return read_address(address, n);
	if (read_address(address, n) == -1 ||
	    slice_uint(word, 0, n->bits, &bits) == -1)
		return -1;
	n->bits = (unsigned)bits;
	return 0;
}

static int
within(const struct network *n, const struct network *address)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	unsigned mask = 0xffU & ~(0xffU >> rest);

	if (n->family != address->family ||
	    memcmp(n->bytes, address->bytes, whole) != 0)
		return 0;
	return rest == 0 ||
	    ((n->bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

int
network_ok(struct slice word)
{
	struct network n;

	return slice_eq(word, SLICE("local")) || read_network(word, &n) == 0;
}

int
network_has(const char *const *list, size_t n, const struct peer *peer)
{
	struct network one, address;
	int there = read_address(slice_str(peer->address), &address) == 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i], "local") == 0) {
			if (peer->address[0] == '\0' && peer->local)
				return 1;
		} else if (there && read_network(slice_str(list[i]), &one) ==
		    0 && within(&one, &address)) {
			return 1;
		}
	}
	return 0;
}
