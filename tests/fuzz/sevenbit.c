/* SPDX-License-Identifier: ISC */
/* Fuzz target: what was converted has no byte above 127, and a second
 * conversion changes nothing. */

#include <stdlib.h>

#include "buf.h"
#include "sevenbit.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
collect(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	return buf_add(ctx, bytes);
}

static int
convert(struct slice s, struct buf *out)
{
	struct input in = { .fd = -1, .size = s.n, .held = (char *)s.p,
		.name = "fuzz" };
	struct fail f;

	return sevenbit_convert(&in, collect, out, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF(16 * size + 65536), twice = BUF(once.max);

	if (convert((struct slice){ (const char *)data, size }, &once) == 0) {
		if (!utf8_ascii(buf_slice(&once)) ||
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
