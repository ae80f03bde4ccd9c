/* SPDX-License-Identifier: ISC */
/* Fuzz target: what a balancer sends; it is never asked for more than a header
 * can have. */

#include <stdlib.h>

#include "proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = { (const char *)data, size };
	size_t n = 0, more = PROXY_FIRST;
	struct proxy p;
	struct fail f;
	int rc = PROXY_MORE;

	while (rc == PROXY_MORE && more <= size - n) {
		n += more;
		rc = proxy_read(slice_sub(bytes, 0, n), &more, &p, &f);
		if (rc == PROXY_MORE && (more == 0 || n + more > PROXY_MOST))
			abort();
	}
	return 0;
}
