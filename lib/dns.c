/* SPDX-License-Identifier: ISC */
/* dns: what the Domain Name System says; see dns.h. */

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
#include "idn.h"
#include "text.h"

enum {
	ANSWER = 65535, /* the longest there is (RFC 1035, 4.2.2) */
	WAIT = 3,	/* seconds for the first try; libresolv adds to it */
	TRIES = 2,
};

int
dns_server(const char *text, struct sockaddr_in *to)
{
	struct slice port = slice_str(text), address;
	char number[INET_ADDRSTRLEN] = "";
	uint64_t n = NAMESERVER_PORT;

	if (slice_until(&port, ':', &address) &&
	    slice_uint(port, 1, 65535, &n) == -1)
		return -1;
	if (address.n >= sizeof(number))
		return -1;
	memcpy(number, address.p, address.n);
	*to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)n) };
	return inet_pton(AF_INET, number, &to->sin_addr) == 1 ? 0 : -1;
}

/* Takes "n" bytes, up to four, as a number. */
static int
take_number(struct slice *s, size_t n, unsigned *number)
{
	struct slice bytes;
	int c;

	if (slice_take(s, n, &bytes) == -1)
		return -1;
	*number = 0;
	while ((c = slice_getc(&bytes)) != -1)
		*number = *number << 8 | (unsigned)c;
	return 0;
}

static int
skip_name(struct slice *s)
{
	const unsigned char *at = (const unsigned char *)s->p;
	int n = dn_skipname(at, at + s->n);

	if (n == -1)
		return -1;
	*s = slice_sub(*s, (size_t)n, s->n);
	return 0;
}

/* Adds the record with that data, where the name in it is one. */
static void
add_mx(struct dns_mx *mx, struct slice answer, struct slice data)
{
	const unsigned char *start = (const unsigned char *)answer.p;
	char host[NS_MAXDNAME];
	unsigned preference;

	if (mx->n == DNS_RECORDS || take_number(&data, 2, &preference) == -1 ||
	    data.n == 0 || dn_expand(start, start + answer.n,
	    (const unsigned char *)data.p, host, sizeof(host)) == -1)
		return;
	mx->record[mx->n].preference = preference;
	mx->record[mx->n++].host = arena_str(&mx->arena, slice_str(host));
}

/* The next record of "rest" (RFC 1035, 4.1.3), where it is an MX. */
static int
take_record(struct slice *rest, struct slice answer, struct dns_mx *mx)
{
	unsigned type, class, ttl, n;
	struct slice data;

	if (skip_name(rest) == -1 || take_number(rest, 2, &type) == -1 ||
	    take_number(rest, 2, &class) == -1 ||
	    take_number(rest, 4, &ttl) == -1 ||
	    take_number(rest, 2, &n) == -1 || slice_take(rest, n, &data) == -1)
		return -1;
	if (type == ns_t_mx && class == ns_c_in)
		add_mx(mx, answer, data);
	return 0;
}

/* By hand: what libresolv has for it costs each process another library. */
enum dns_result
dns_read_mx(struct slice answer, struct dns_mx *mx)
{
	unsigned id, flags, questions, answers, others;
	struct slice rest = answer;

	mx->n = 0;
	mx->arena = (struct arena){ 0 };
	if (take_number(&rest, 2, &id) == -1 ||
	    take_number(&rest, 2, &flags) == -1 ||
	    take_number(&rest, 2, &questions) == -1 ||
	    take_number(&rest, 2, &answers) == -1 ||
	    take_number(&rest, 4, &others) == -1)
		return DNS_FAILED;
	for (; questions > 0; questions--)
		if (skip_name(&rest) == -1 ||
		    take_number(&rest, 4, &others) == -1)
			return DNS_FAILED;
	for (; answers > 0; answers--)
		if (take_record(&rest, answer, mx) == -1)
			return DNS_FAILED;
	return mx->n > 0 ? DNS_FOUND : DNS_NONE;
}

static void
configure(struct __res_state *state, const char *nameserver)
{
	struct sockaddr_in to;

	state->options &= ~(unsigned long)(RES_DNSRCH | RES_DEFNAMES);
	state->retrans = WAIT;
	state->retry = TRIES;
	if (state->nscount > 2)
		state->nscount = 2;
	if (nameserver != NULL && dns_server(nameserver, &to) == 0) {
		state->nsaddr_list[0] = to;
		state->nscount = 1;
	}
}

static enum dns_result
query_mx(const char *nameserver, const char *domain, struct dns_mx *mx,
    struct fail *f)
{
	struct __res_state state = { 0 };
	unsigned char *answer;
	enum dns_result rc;
	int n;

	if (res_ninit(&state) == -1)
		return fail_set(f, EX_TEMPFAIL, "resolv.conf: no good");
	configure(&state, nameserver);
	answer = mem_alloc(ANSWER);
	n = res_nquery(&state, domain, ns_c_in, ns_t_mx, answer, ANSWER);
	if (n >= 0)
		rc = dns_read_mx((struct slice){ (char *)answer,
		    n > ANSWER ? ANSWER : (size_t)n }, mx);
	else
		rc = state.res_h_errno == HOST_NOT_FOUND ||
		    state.res_h_errno == NO_DATA ? DNS_NONE : DNS_FAILED;
	if (rc == DNS_FAILED)
		(void)fail_set(f, EX_TEMPFAIL, "%s: MX: no answer from the DNS",
		    TEXT_SHOW(slice_str(domain)));
	res_nclose(&state);
	free(answer);
	return rc;
}

enum dns_result
dns_find_mx(const char *nameserver, struct slice domain, struct dns_mx *mx,
    struct fail *f)
{
	char name[IDN_DOMAIN];

	mx->n = 0;
	mx->arena = (struct arena){ 0 };
	return idn_to_ascii(domain, name, f) == -1 ? DNS_FAILED :
	    query_mx(nameserver, name, mx, f);
}

int
dns_is_null_mx(const struct dns_mx *mx)
{
	return mx->n == 1 && mx->record[0].host[0] == '\0';
}
