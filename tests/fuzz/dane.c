/* SPDX-License-Identifier: ISC */
/* Fuzz target: what the DNS answers where it is asked for TLSA records, behind
 * a byte that says what is secure: records that can be used, in their order,
 * and the names that go with them, or none. */

#include <stdio.h>
#include <stdlib.h>

#include "dane.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice answer;

/* In the place of the library's, which asks. */
enum dns_result
dns_find(const struct dns_query *q, struct dns_answer *a, struct fail *f)
{
	enum dns_result rc = dns_read(answer, q->type, a);

	if (rc == DNS_FAILED)
		(void)fail_set(f, EX_TEMPFAIL, "no answer");
	return rc;
}

static void
check(const struct dane *d, enum dane_result rc)
{
	size_t i;

	if (d->n > DNS_RECORDS || d->names > DANE_NAMES ||
	    (rc == DANE_USABLE) != (d->n > 0) ||
	    (rc >= DANE_UNUSABLE) != (d->names > 0))
		abort();
	for (i = 0; i < d->n; i++) {
		const struct dns_record *r = &d->record[i];

		if (r->usage < 2 || r->usage > 3 || r->selector > 1 ||
		    r->matching > 2 || r->data.n == 0 ||
		    (i > 0 && d->record[i - 1].usage > r->usage))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_addresses addresses = { 0 };
	struct mx mx = { .domain = "example", .canonical = "example" };
	struct dane_query q = { .host = "mx.example", .port = "25",
		.addresses = &addresses };
	struct fail f = { 0 };
	enum dane_result rc;
	struct dane d;
	int kind;

	answer = (struct slice){ (const char *)data, size };
	kind = slice_getc(&answer);
	mx.secure = (kind & 1) != 0;
	addresses.secure = (kind & 2) != 0;
	(void)snprintf(addresses.name, sizeof(addresses.name), "%s",
	    (kind & 4) != 0 ? "other.example" : q.host);
	q.mx = (kind & 8) != 0 ? &mx : NULL;
	rc = dane_find(&q, &d, &f);
	check(&d, rc);
	if (rc == DANE_FAILED && f.class != EX_TEMPFAIL)
		abort();
	dane_free(&d);
	return 0;
}
