/* SPDX-License-Identifier: ISC */
/* Fuzz target: what was converted has no NUL, and no CR or LF but in CRLF, its
 * parts hold what they held, and a second conversion changes nothing. */

#include "leaves.h"
#include "storable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
convert(struct slice s, struct buf *out)
{
	struct input in = { .fd = -1, .size = s.n, .held = (char *)s.p,
		.name = "fuzz" };
	struct fail f;

	return storable_convert(&in, leaves_collect, out, &f);
}

static void
check_lines(struct slice rest)
{
	struct slice line;

	while (slice_until(&rest, '\n', &line)) {
		if (!slice_ends(line, SLICE("\r")))
			abort();
		line.n--;
		if (slice_find(line, '\r') < line.n ||
		    slice_find(line, '\0') < line.n)
			abort();
	}
	if (slice_find(line, '\r') < line.n || slice_find(line, '\0') < line.n)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf once = BUF(16 * size + 65536), twice = BUF(once.max);

	if (convert(in, &once) == 0) {
		leaves_check(in, buf_slice(&once));
		check_lines(buf_slice(&once));
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
