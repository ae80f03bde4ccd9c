/* SPDX-License-Identifier: ISC */
/* dns: the addresses of a host; see dns.h. */

#include <stdio.h>
#include <string.h>

#include "dns.h"
#include "ip.h"
#include "text.h"

enum {
	ONE_FAMILY = DNS_ADDRESSES / 2,
};

static int
take_literal(struct slice host, struct dns_addresses *a)
{
	struct dns_address *to = &a->address[0];

	if ((to->family = ip_read(host, to->bytes)) == 0)
		return 0;
	memcpy(a->name, host.p, host.n);
	a->n = 1;
	return 1;
}

static enum dns_result
add_family(const struct dns_query *q, struct dns_addresses *a, struct fail *f)
{
	struct dns_answer answer;
	enum dns_result rc = dns_find(q, &answer, f);
	struct dns_address *to;
	size_t i;

	for (i = 0; i < answer.n && i < ONE_FAMILY; i++) {
		to = &a->address[a->n++];
		to->family = q->type == DNS_AAAA ? AF_INET6 : AF_INET;
		memcpy(to->bytes, answer.record[i].data.p,
		    answer.record[i].data.n);
	}
	a->left_out += answer.n - i + answer.left_out;
	if (rc == DNS_FOUND || a->name[0] == '\0')
		(void)snprintf(a->name, sizeof(a->name), "%s", answer.name);
	if (rc == DNS_FOUND)
		a->secure = a->secure && answer.secure;
	dns_free(&answer);
	return rc;
}

enum dns_result
dns_find_addresses(const char *nameserver, struct slice host,
    struct dns_addresses *a, struct fail *f)
{
	struct dns_query q = { nameserver, host, DNS_AAAA };
	enum dns_result v6, v4;

	memset(a, 0, sizeof(*a));
	if (take_literal(host, a))
		return DNS_FOUND;
	a->secure = 1;
	/* Some servers say of a name without AAAA that there is none such (RFC
	 * 4074, 4.2). */
	v6 = add_family(&q, a, f);
	q.type = DNS_A;
	v4 = add_family(&q, a, f);
	if (a->n > 0)
		return DNS_FOUND;
	a->secure = 0;
	if (v6 == DNS_FAILED || v4 == DNS_FAILED)
		return fail_set(f, EX_TEMPFAIL,
		    "%s: addresses: no answer from the DNS", TEXT_SHOW(host));
	if (v6 == DNS_NO_NAME && v4 == DNS_NO_NAME)
		return DNS_NO_NAME;
	(void)fail_set(f, EX_NOHOST, "%s: no address in the DNS",
	    TEXT_SHOW(host));
	return DNS_NO_RECORD;
}
