/* SPDX-License-Identifier: ISC */
/* attributes: what an XCLIENT command says; see attributes.h. */

#include <arpa/inet.h>
#include <string.h>

#include "attributes.h"
#include "xtext.h"

/* The attributes so far, a port that waits for its address, and what is looked
 * at and forgotten. */
struct reading {
	struct attributes *a;
	uint64_t port;
	char skipped[LIMIT_DOMAIN + 1];
};

/* 0, or -1 where the value is no good. */
typedef int taker(struct reading *r, struct slice value);

/* One word of printable ASCII, which fits: log, header and reply have no other
 * (RFC 5321, 4.1.4). */
static int
take_word(struct slice value, char *to, size_t size)
{
	size_t i;

	if (value.n >= size)
		return -1;
	for (i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] >= 127)
			return -1;
	memcpy(to, value.p, value.n);
	to[value.n] = '\0';
	return 0;
}

static int
read_address(struct slice value, union peer_address *a)
{
	static const struct slice six = { "IPV6:", 5 };
	int family = slice_casestarts(value, six) ? AF_INET6 : AF_INET;

	if (family == AF_INET6)
		value = slice_sub(value, six.n, value.n);
	return peer_address(value, a) == 0 && a->any.sa_family == family ?
	    0 : -1;
}

static int
take_addr(struct reading *r, struct slice value)
{
	return read_address(value, &r->a->client);
}

static int
take_destaddr(struct reading *r, struct slice value)
{
	union peer_address ignored;

	(void)r;
	return read_address(value, &ignored);
}

static int
take_port(struct reading *r, struct slice value)
{
	return slice_uint(value, 1, 65535, &r->port);
}

static int
take_destport(struct reading *r, struct slice value)
{
	uint64_t ignored;

	(void)r;
	return slice_uint(value, 1, 65535, &ignored);
}

/* What the client says after XCLIENT takes its place. */
static int
take_helo(struct reading *r, struct slice value)
{
	return take_word(value, r->skipped, sizeof(r->skipped));
}

static int
take_login(struct reading *r, struct slice value)
{
	return take_word(value, r->a->login, sizeof(r->a->login));
}

static int
take_name(struct reading *r, struct slice value)
{
	return take_word(value, r->a->name, sizeof(r->a->name));
}

static int
take_proto(struct reading *r, struct slice value)
{
	(void)r;
	return slice_caseeq(value, SLICE("SMTP")) ||
	    slice_caseeq(value, SLICE("ESMTP")) ? 0 : -1;
}

static const struct {
	const char *name;
	taker *take;
} known[] = {
	{ "ADDR", take_addr },
	{ "DESTADDR", take_destaddr },
	{ "DESTPORT", take_destport },
	{ "HELO", take_helo },
	{ "LOGIN", take_login },
	{ "NAME", take_name },
	{ "PORT", take_port },
	{ "PROTO", take_proto },
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

/* The value, as it is meant: nothing is there to be read where its sender does
 * not know it. */
static int
take_value(struct reading *r, taker *take, struct slice xtext)
{
	struct buf value = BUF(LIMIT_COMMAND);
	struct slice s;
	int rc;

	if (slice_caseeq(xtext, SLICE("[UNAVAILABLE]")) ||
	    slice_caseeq(xtext, SLICE("[TEMPUNAVAIL]")))
		return 0;
	rc = xtext_decode(xtext, &value);
	s = buf_slice(&value);
	if (rc == 0)
		rc = s.n > 0 ? take(r, s) : -1;
	buf_free(&value);
	return rc;
}

static const char *
take_attribute(struct reading *r, struct slice word, char seen[KNOWN])
{
	struct slice name;
	size_t i;

	(void)slice_until(&word, '=', &name);
	for (i = 0; i < KNOWN; i++)
		if (slice_caseeq(name, slice_str(known[i].name)))
			break;
	if (i == KNOWN)
		return "an unknown attribute";
	if (seen[i]++)
		return "an attribute said twice";
	return take_value(r, known[i].take, word) == 0 ? NULL :
	    "a bad value";
}

const char *
attributes_read(struct slice arg, struct attributes *a)
{
	struct reading r = { .a = a };
	const char *wrong = NULL;
	char seen[KNOWN] = { 0 };
	struct slice word;

	memset(a, 0, sizeof(*a));
	while (wrong == NULL && slice_word(&arg, &word))
		wrong = take_attribute(&r, word, seen);
	if (a->client.any.sa_family == AF_INET)
		a->client.v4.sin_port = htons((uint16_t)r.port);
	else if (a->client.any.sa_family == AF_INET6)
		a->client.v6.sin6_port = htons((uint16_t)r.port);
	return wrong;
}
