/* SPDX-License-Identifier: ISC */
/* Fuzz target: what was converted has no byte above 127 and no NUL, has the
 * same parts, and a second conversion changes nothing. */

#include "leaves.h"
#include "sevenbit.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
convert(struct slice s, struct buf *out)
{
	struct input in = { .fd = -1, .size = s.n, .held = (char *)s.p,
		.name = "fuzz" };
	struct fail f;

	return sevenbit_convert(&in, leaves_collect, out, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf once = BUF(16 * size + 65536), twice = BUF(once.max);

	if (convert(in, &once) == 0) {
		leaves_check(in, buf_slice(&once));
		if (!utf8_ascii(buf_slice(&once)) ||
		    slice_find(buf_slice(&once), '\0') < once.n ||
		    convert(buf_slice(&once), &twice) == -1 ||
		    !slice_eq(buf_slice(&once), buf_slice(&twice)))
			abort();
	} else if (once.n > 0) {
		abort();
	}
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
