/* SPDX-License-Identifier: ISC */
/* Fuzz target: a domain on the first line, and what the DNS answers for it:
 * hosts in order whose names are those of hosts, or a failure that says which
 * it is. */

#include <stdlib.h>
#include <string.h>

#include "mx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice answer;

/* In the place of the library's, which asks nobody for what is no host. */
enum dns_result
dns_find(const struct dns_query *q, struct dns_answer *a, struct fail *f)
{
	enum dns_result rc = DNS_NO_NAME;

	*a = (struct dns_answer){ .name = "" };
	if (dns_is_host(q->name))
		rc = dns_read(answer, q->type, a);
	if (rc == DNS_NO_NAME)
		(void)fail_set(f, EX_NOHOST, "no such domain");
	else if (rc == DNS_FAILED)
		(void)fail_set(f, EX_TEMPFAIL, "no answer");
	return rc;
}

static void
check_hosts(const struct mx *mx)
{
	size_t i;

	if (mx->n == 0 || mx->n > MX_HOSTS)
		abort();
	for (i = 0; i < mx->n; i++)
		if (!dns_is_host(slice_str(mx->host[i].name)) ||
		    strcmp(mx->host[i].name, "self.example") == 0 ||
		    (i > 0 && mx->host[i - 1].preference >
		    mx->host[i].preference))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mx_query q = { .self = "self.example" };
	struct fail f = { 0 };
	struct mx mx;

	answer = (struct slice){ (const char *)data, size };
	(void)slice_until(&answer, '\n', &q.domain);
	if (mx_find(&q, &mx, &f) == 0)
		check_hosts(&mx);
	else if (mx.enhanced == NULL || f.class == 0 || f.text[0] == '\0')
		abort();
	mx_free(&mx);
	return 0;
}
