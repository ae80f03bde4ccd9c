/* SPDX-License-Identifier: ISC */
/* Fuzz target: an answer with MX records: names are strings, and there are no
 * more than there may be. */

#include <stdlib.h>
#include <string.h>

#include "dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_mx mx;
	size_t i;

	(void)dns_read_mx((struct slice){ (const char *)data, size }, &mx);
	if (mx.n > DNS_RECORDS)
		abort();
	for (i = 0; i < mx.n; i++)
		if (strlen(mx.record[i].host) > 1024 ||
		    mx.record[i].preference > 65535)
			abort();
	arena_free(&mx.arena);
	return 0;
}
