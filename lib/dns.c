/* SPDX-License-Identifier: ISC */
/* dns: what the Domain Name System says; see dns.h. */

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
#include "idn.h"
#include "ip.h"
#include "text.h"

enum {
	ANSWER = 65535, /* the longest there is (RFC 1035, 4.2.2) */
	WAIT = 3,	/* seconds for the first try; libresolv adds to it */
	TRIES = 2,
};

enum {
	AUTHENTIC = 0x20, /* of the fourth byte (RFC 4035, 3) */
};

int
dns_server(const char *text, union dns_server *to)
{
	struct slice port = slice_str(text), address;
	unsigned char bytes[IP_BYTES];
	uint64_t n = NAMESERVER_PORT;
	int in_brackets = slice_peek(port) == '[';

	if (in_brackets) {
		port = slice_sub(port, 1, port.n);
		if (!slice_until(&port, ']', &address) ||
		    (port.n > 0 && slice_getc(&port) != ':') ||
		    (port.n == 0 && slice_ends(slice_str(text), SLICE(":"))))
			return -1;
		if (port.n == 0)
			port = SLICE("53");
	} else if (!slice_until(&port, ':', &address)) {
		port = SLICE("53");
	}
	if (slice_uint(port, 1, 65535, &n) == -1 ||
	    ip_read(address, bytes) != (in_brackets ? AF_INET6 : AF_INET))
		return -1;
	memset(to, 0, sizeof(*to));
	if (in_brackets) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons((uint16_t)n);
		memcpy(&to->v6.sin6_addr, bytes, sizeof(to->v6.sin6_addr));
	} else {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons((uint16_t)n);
		memcpy(&to->v4.sin_addr, bytes, sizeof(to->v4.sin_addr));
	}
	return 0;
}

static int
is_loopback(const union dns_server *s)
{
	if (s->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&s->v6.sin6_addr);
	return s->any.sa_family == AF_INET &&
	    ntohl(s->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* The server number "i" of libresolv's. */
static union dns_server
server_of(const struct __res_state *state, int i)
{
	union dns_server s = { .v4 = state->nsaddr_list[i] };

	if (s.any.sa_family == 0 && state->_u._ext.nsaddrs[i] != NULL)
		s.v6 = *state->_u._ext.nsaddrs[i];
	return s;
}

/* The only server, instead of those of resolv.conf(5). */
static void
use_server(struct __res_state *state, const union dns_server *s)
{
	state->nscount = 1;
	if (s->any.sa_family == AF_INET) {
		state->nsaddr_list[0] = s->v4;
		return;
	}
	/* libresolv frees it. */
	if (state->_u._ext.nsaddrs[0] == NULL)
		state->_u._ext.nsaddrs[0] = malloc(sizeof(s->v6));
	if (state->_u._ext.nsaddrs[0] == NULL)
		return;
	state->nsaddr_list[0].sin_family = 0;
	*state->_u._ext.nsaddrs[0] = s->v6;
	state->_u._ext.nscount = 1;
	state->_u._ext.nssocks[0] = -1;
}

/* 1 where what it says of DNSSEC may be believed: nobody is on the way. */
static int
configure(struct __res_state *state, const char *nameserver)
{
	union dns_server s;
	int i, near = 1;

	state->options &= ~(unsigned long)(RES_DNSRCH | RES_DEFNAMES |
	    RES_TRUSTAD);
	state->retrans = WAIT;
	state->retry = TRIES;
	if (state->nscount > 2)
		state->nscount = 2;
	if (nameserver != NULL && dns_server(nameserver, &s) == 0)
		use_server(state, &s);
	for (i = 0; i < state->nscount; i++) {
		s = server_of(state, i);
		near = near && is_loopback(&s);
	}
	/* The C library takes AD out of answers where it is not asked for. */
	if (near)
		state->options |= RES_USE_EDNS0 | RES_USE_DNSSEC | RES_TRUSTAD;
	return near;
}

static enum dns_result
ask(const struct dns_query *q, const char *name, struct dns_answer *a,
    struct fail *f)
{
	struct __res_state state = { 0 };
	unsigned char *answer;
	enum dns_result rc = DNS_FAILED;
	int n, trusted;

	*a = (struct dns_answer){ .name = "" };
	if (res_ninit(&state) == -1)
		return fail_set(f, EX_TEMPFAIL, "resolv.conf: no good");
	trusted = configure(&state, q->nameserver);
	answer = mem_alloc(ANSWER);
	n = res_nquery(&state, name, ns_c_in, (int)q->type, answer, ANSWER);
	if (n >= 0)
		rc = dns_read((struct slice){ (char *)answer,
		    n > ANSWER ? ANSWER : (size_t)n }, q->type, a);
	else if (state.res_h_errno == HOST_NOT_FOUND)
		rc = DNS_NO_NAME;
	else if (state.res_h_errno == NO_DATA)
		rc = DNS_NO_RECORD;
	/* What is not there has been answered, too: the header has come. */
	if (n < 0 && rc != DNS_FAILED) {
		a->secure = (answer[3] & AUTHENTIC) != 0;
		a->name = arena_str(&a->arena, slice_str(name));
	}
	a->secure = a->secure && trusted;
	res_nclose(&state);
	free(answer);
	return rc;
}

static const char *
type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_CNAME:
		return "CNAME";
	case DNS_MX:
		return "MX";
	case DNS_TXT:
		return "TXT";
	case DNS_AAAA:
		return "AAAA";
	default:
		return "TLSA";
	}
}

static enum dns_result
explain(const struct dns_query *q, enum dns_result rc, struct fail *f)
{
	const char *name = TEXT_SHOW(q->name), *type = type_name(q->type);

	if (rc == DNS_NO_NAME)
		(void)fail_set(f, EX_NOHOST, "%s: no such name in the DNS",
		    name);
	else if (rc == DNS_NO_RECORD)
		(void)fail_set(f, EX_NOHOST, "%s: no %s in the DNS", name,
		    type);
	else if (rc == DNS_FAILED)
		(void)fail_set(f, EX_TEMPFAIL, "%s: %s: no answer from the "
		    "DNS", name, type);
	return rc;
}

/* An answer may end in a CNAME that leads elsewhere (RFC 1034, 4.3.2): then
 * that is asked, with what vouches for the way. */
static enum dns_result
ask_further(const struct dns_query *q, const char *name, struct dns_answer *a,
    struct fail *f)
{
	char next[DNS_NAME];
	enum dns_result rc;
	int i, secure = 1;

	(void)snprintf(next, sizeof(next), "%s", name);
	for (i = 0; i <= DNS_FURTHER; i++) {
		rc = ask(q, next, a, f);
		a->secure = secure = a->secure && secure;
		if (rc != DNS_NO_RECORD ||
		    slice_caseeq(slice_str(a->name), slice_str(next)))
			return rc;
		if (!dns_is_host(slice_str(a->name)))
			return DNS_NO_NAME;
		(void)snprintf(next, sizeof(next), "%s", a->name);
		if (i < DNS_FURTHER)
			dns_free(a);
	}
	return DNS_FAILED;
}

enum dns_result
dns_find(const struct dns_query *q, struct dns_answer *a, struct fail *f)
{
	char name[IDN_DOMAIN];
	size_t n;

	*a = (struct dns_answer){ .name = "" };
	if (idn_to_ascii(q->name, name, f) == -1)
		return DNS_FAILED;
	n = strlen(name);
	if (n > 0 && name[n - 1] == '.')
		name[n - 1] = '\0';
	if (!dns_is_host(slice_str(name)))
		return explain(q, DNS_NO_NAME, f);
	return explain(q, ask_further(q, name, a, f), f);
}
