/* SPDX-License-Identifier: ISC */
/* dns: what the Domain Name System says; see dns.h. */

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
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

static void
add_mx(struct dns_mx *mx, ns_msg *message, const ns_rr *record)
{
	const unsigned char *data = ns_rr_rdata(*record);
	char host[NS_MAXDNAME];

	/* UNSAFE: libresolv checked that the data is in the message. */
	if (ns_rr_type(*record) != ns_t_mx || ns_rr_class(*record) != ns_c_in ||
	    ns_rr_rdlen(*record) < 3 || mx->n == DNS_RECORDS ||
	    dn_expand(ns_msg_base(*message), ns_msg_end(*message), data + 2,
	    host, sizeof(host)) == -1)
		return;
	mx->record[mx->n].preference = ns_get16(data);
	mx->record[mx->n++].host = arena_str(&mx->arena, slice_str(host));
}

enum dns_result
dns_read_mx(struct slice answer, struct dns_mx *mx)
{
	ns_msg message;
	ns_rr record;
	int i;

	mx->n = 0;
	mx->arena = (struct arena){ 0 };
	if (answer.n > ANSWER ||
	    ns_initparse((const unsigned char *)answer.p, (int)answer.n,
	    &message) == -1)
		return DNS_FAILED;
	for (i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) == -1)
			return DNS_FAILED;
		add_mx(mx, &message, &record);
	}
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

enum dns_result
dns_find_mx(const char *nameserver, const char *domain, struct dns_mx *mx,
    struct fail *f)
{
	struct __res_state state = { 0 };
	unsigned char *answer;
	enum dns_result rc;
	int n;

	mx->n = 0;
	mx->arena = (struct arena){ 0 };
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

int
dns_is_null_mx(const struct dns_mx *mx)
{
	return mx->n == 1 && mx->record[0].host[0] == '\0';
}
