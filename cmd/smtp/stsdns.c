/* SPDX-License-Identifier: ISC */
/* stsdns: what mta-sts asks the DNS; see stsdns.h. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "dns.h"
#include "stsdns.h"
#include "text.h"

/* Of all TXT records that are there the one of MTA-STS. */
static int
choose(const struct dns_answer *a, void (*note)(int, struct slice),
    char id[STSPOLICY_ID + 1], struct fail *f)
{
	struct slice found = { NULL, 0 };
	size_t i, good = 0, bad = 0;
	int rc;

	for (i = 0; i < a->n; i++) {
		if (note != NULL)
			note('<', a->record[i].data);
		rc = stspolicy_record(a->record[i].data, &found);
		good += rc == 1;
		bad += rc == -1;
		if (rc == 1) {
			memcpy(id, found.p, found.n);
			id[found.n] = '\0';
		}
	}
	if (good + bad > 1)
		(void)fail_set(f, EX_DATAERR, "more than one record _mta-sts");
	else if (bad == 1)
		(void)fail_set(f, EX_DATAERR, "a malformed record _mta-sts");
	return good == 1 && bad == 0;
}

int
stsdns_find(const char *nameserver, const char *domain,
    void (*note)(int, struct slice), char id[STSPOLICY_ID + 1],
    struct fail *f)
{
	struct dns_query q = { .nameserver = nameserver, .type = DNS_TXT };
	struct dns_answer a;
	struct fail why = { 0 };
	char name[300], asked[310];
	int rc;

	(void)snprintf(name, sizeof(name), "_mta-sts.%s", domain);
	(void)snprintf(asked, sizeof(asked), "TXT %s", name);
	if (note != NULL)
		note('>', slice_str(asked));
	q.name = slice_str(name);
	switch (dns_find(&q, &a, &why)) {
	case DNS_FAILED:
		*f = why;
		rc = -1;
		break;
	case DNS_FOUND:
		rc = choose(&a, note, id, f);
		break;
	default:
		rc = 0;
	}
	dns_free(&a);
	return rc;
}

int
stsdns_addresses(const char *nameserver, const char *host, struct buf *to,
    struct fail *f)
{
	char text[INET6_ADDRSTRLEN];
	struct dns_addresses a;
	size_t i;
	int six;

	if (dns_find_addresses(nameserver, slice_str(host), &a, f) !=
	    DNS_FOUND)
		return -1;
	for (i = 0; i < a.n; i++) {
		six = a.address[i].family == AF_INET6;
		if (inet_ntop(a.address[i].family, a.address[i].bytes, text,
		    sizeof(text)) != NULL)
			(void)buf_addf(to, "%s%s%s%s", i > 0 ? "," : "",
			    six ? "[" : "", text, six ? "]" : "");
	}
	return 0;
}
