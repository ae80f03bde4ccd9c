/* SPDX-License-Identifier: ISC */
/* Fuzz target: a name comes back as it was, and has one form alone. */

#include <stdlib.h>

#include "mutf7.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf a = BUF(8 * size + 99), b = BUF(8 * size + 99);

	if ((mutf7_encode(&a, in) == 0) != utf8_valid(in))
		abort();
	if (utf8_valid(in) && (mutf7_decode(&b, buf_slice(&a)) == -1 ||
	    !slice_eq(buf_slice(&b), in) || !utf8_ascii(buf_slice(&a))))
		abort();
	buf_clear(&a);
	buf_clear(&b);
	if (mutf7_decode(&a, in) == 0 && (!utf8_valid(buf_slice(&a)) ||
	    mutf7_encode(&b, buf_slice(&a)) == -1 ||
	    !slice_eq(buf_slice(&b), in)))
		abort();
	buf_free(&a);
	buf_free(&b);
	return 0;
}
