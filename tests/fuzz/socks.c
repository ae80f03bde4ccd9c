/* SPDX-License-Identifier: ISC */
/* Fuzz target: what a proxy answers; it is never asked for more than an answer
 * can have. */

#include <stdlib.h>

#include "socks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = { (const char *)data, size };
	size_t n = 0, more;
	int step, rc;

	for (step = SOCKS_METHODS; step <= SOCKS_CONNECT; step++) {
		struct fail f = { 0 };

		n = more = 0;
		do {
			n += more;
			rc = socks_answer((enum socks_step)step,
			    slice_sub(bytes, 0, n), &more, &f);
			if (rc == SOCKS_MORE && (more == 0 ||
			    n + more > SOCKS_MOST))
				abort();
		} while (rc == SOCKS_MORE && more <= size - n);
		if ((rc == -1) != (f.text[0] != '\0'))
			abort();
		(void)socks_answer((enum socks_step)step, bytes, &more, &f);
	}
	return 0;
}
