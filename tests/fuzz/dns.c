/* SPDX-License-Identifier: ISC */
/* Fuzz target: an answer of each type: names are strings, data has the length
 * that it is to have, and there are no more than there may be. */

#include <stdlib.h>
#include <string.h>

#include "dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct dns_record *r, enum dns_type type)
{
	if ((type == DNS_MX || type == DNS_CNAME) &&
	    (strlen(r->host) >= DNS_NAME || r->preference > 65535))
		abort();
	if ((type == DNS_A && r->data.n != 4) ||
	    (type == DNS_AAAA && r->data.n != 16) || r->data.n > 65535)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A, DNS_CNAME, DNS_MX,
		DNS_TXT, DNS_AAAA, DNS_TLSA };
	struct dns_answer a;
	enum dns_result rc;
	size_t i, k;

	for (k = 0; k < sizeof(types) / sizeof(types[0]); k++) {
		rc = dns_read((struct slice){ (const char *)data, size },
		    types[k], &a);
		if (a.n > DNS_RECORDS || (rc == DNS_FOUND) != (a.n > 0) ||
		    strlen(a.name) >= DNS_NAME)
			abort();
		for (i = 0; i < a.n; i++)
			check(&a.record[i], types[k]);
		dns_free(&a);
	}
	return 0;
}
