/* SPDX-License-Identifier: ISC */
/* Fuzz target: decoding to 8bit changes no part's content, and a second time
 * nothing at all; it never fails but for limits, and those before it writes. */

#include "eightbit.h"
#include "leaves.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
convert(struct slice s, struct buf *out)
{
	struct input in = { .fd = -1, .size = s.n, .held = (char *)s.p,
		.name = "fuzz" };
	struct fail f;

	return eightbit_convert(&in, leaves_collect, out, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf once = BUF(64 * size + 65536), twice = BUF(once.max);

	if (convert(in, &once) == 0) {
		leaves_check(in, buf_slice(&once));
		if (convert(buf_slice(&once), &twice) == -1 ||
		    !slice_eq(buf_slice(&once), buf_slice(&twice)))
			abort();
	} else if (once.n > 0) {
		abort();
	}
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
