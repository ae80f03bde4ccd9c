/* SPDX-License-Identifier: ISC */
/* proxy: the PROXY protocol, versions 1 and 2; see proxy.h. */

#include <arpa/inet.h>
#include <string.h>

#include "proxy.h"

#define SIGNATURE SLICE("\r\n\r\n\0\r\nQUIT\n")

enum {
	LINE = 107, /* the longest of version 1, with CRLF */
	FIXED = 16, /* bytes of version 2 in front of the addresses */
};

static int
bad(struct fail *f, const char *why)
{
	return fail_set(f, EX_PROTOCOL, "PROXY: %s", why);
}

/* An address and its port, decimal without zeros in front. */
static int
set_client(int family, struct slice address, struct slice port,
    union peer_address *a)
{
	uint64_t n;

	if (peer_address(address, a) == -1 || a->any.sa_family != family ||
	    slice_uint(port, 0, 65535, &n) == -1 ||
	    (port.n > 1 && port.p[0] == '0'))
		return -1;
	if (family == AF_INET)
		a->v4.sin_port = htons((uint16_t)n);
	else
		a->v6.sin6_port = htons((uint16_t)n);
	return 0;
}

/* "TCP4 source destination port port", with one space between them. */
static int
read_line(struct slice line, struct proxy *p, struct fail *f)
{
	union peer_address ignored;
	struct slice word[4], kind;
	int family;
	size_t i;

	if (slice_eq(line, SLICE("UNKNOWN")) ||
	    slice_starts(line, SLICE("UNKNOWN "))) {
		p->known = 0;
		return PROXY_DONE;
	}
	(void)slice_until(&line, ' ', &kind);
	for (i = 0; i < 3; i++)
		if (!slice_until(&line, ' ', &word[i]))
			return bad(f, "too few words");
	word[3] = line;
	family = slice_eq(kind, SLICE("TCP6")) ? AF_INET6 : AF_INET;
	if (family == AF_INET && !slice_eq(kind, SLICE("TCP4")))
		return bad(f, "neither TCP4 nor TCP6");
	if (set_client(family, word[1], word[3], &ignored) == -1 ||
	    set_client(family, word[0], word[2], &p->client) == -1)
		return bad(f, "no address and port");
	p->known = 1;
	return PROXY_DONE;
}

static int
read_text(struct slice bytes, size_t *more, struct proxy *p, struct fail *f)
{
	size_t end = slice_find(bytes, '\n');

	if (end == bytes.n) {
		*more = 1;
		return bytes.n < LINE ? PROXY_MORE :
		    bad(f, "a line without an end");
	}
	if (end + 1 != bytes.n || bytes.p[end - 1] != '\r' ||
	    slice_find(bytes, '\r') != end - 1)
		return bad(f, "a line that does not end in CRLF");
	return read_line(slice_sub(bytes, 6, end - 1), p, f);
}

/* What stands behind the addresses is of no use, but has to be well-formed. */
static int
skip_extras(struct slice rest, struct fail *f)
{
	struct slice head, value;

	while (rest.n > 0)
		if (slice_take(&rest, 3, &head) == -1 ||
		    slice_take(&rest, (size_t)(unsigned char)head.p[1] << 8 |
		    (unsigned char)head.p[2], &value) == -1)
			return bad(f, "a TLV that is cut off");
	return PROXY_DONE;
}

/* Source, destination, their ports. */
static int
read_addresses(int family, struct slice rest, struct proxy *p,
    struct fail *f)
{
	size_t n = family == AF_INET ? 4 : 16;
	struct slice all;

	if (slice_take(&rest, 2 * n + 4, &all) == -1)
		return bad(f, "addresses that are cut off");
	memset(&p->client, 0, sizeof(p->client));
	p->client.any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		memcpy(&p->client.v4.sin_addr, all.p, n);
		memcpy(&p->client.v4.sin_port, all.p + 2 * n, 2);
	} else {
		memcpy(&p->client.v6.sin6_addr, all.p, n);
		memcpy(&p->client.v6.sin6_port, all.p + 2 * n, 2);
	}
	p->known = 1;
	return skip_extras(rest, f);
}

static int
read_binary(struct slice bytes, size_t *more, struct proxy *p,
    struct fail *f)
{
	const unsigned char *b = (const unsigned char *)bytes.p;
	struct slice rest;
	size_t n;

	*more = bytes.n < FIXED ? FIXED - bytes.n : 0;
	if (*more > 0)
		return PROXY_MORE;
	n = (size_t)b[14] << 8 | b[15];
	if (b[12] != 0x20 && b[12] != 0x21)
		return bad(f, "another version or command");
	if (n > PROXY_MOST - FIXED)
		return bad(f, "too long");
	if (bytes.n > FIXED + n)
		return bad(f, "more than a header");
	*more = FIXED + n - bytes.n;
	if (*more > 0)
		return PROXY_MORE;
	rest = slice_sub(bytes, FIXED, bytes.n);
	p->known = 0;
	if (b[12] == 0x20) /* LOCAL: whatever follows is to be skipped */
		return PROXY_DONE;
	switch (b[13]) {
	case 0x11:
		return read_addresses(AF_INET, rest, p, f);
	case 0x21:
		return read_addresses(AF_INET6, rest, p, f);
	case 0x00: /* UNSPEC, and a UNIX socket: nobody that we could name */
	case 0x31:
		return PROXY_DONE;
	default:
		return bad(f, "not TCP");
	}
}

int
proxy_read(struct slice bytes, size_t *more, struct proxy *p, struct fail *f)
{
	if (slice_starts(bytes, SIGNATURE))
		return read_binary(bytes, more, p, f);
	if (slice_starts(bytes, SLICE("PROXY ")))
		return read_text(bytes, more, p, f);
	return bad(f, "no header");
}
