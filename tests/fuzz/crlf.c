/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever a message is and however it is cut, on the wire it has
 * no line of a lone dot, no bare LF, and all that it had. */

#include <stdlib.h>

#include "crlf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
encode(struct slice in, size_t piece, struct buf *out)
{
	struct crlf c = { .dots = 1 };

	for (size_t at = 0; at < in.n; at += piece)
		if (crlf_add(&c, slice_sub(in, at, at + piece), out) == -1)
			abort();
	if (crlf_end(&c, out) == -1)
		abort();
}

/* Each line of the wire is the next one of the message. */
static void
check_wire(struct slice wire, struct slice in)
{
	struct slice line, want;

	while (slice_until(&wire, '\n', &line)) {
		int lf = slice_until(&in, '\n', &want);

		if (!slice_ends(line, SLICE("\r")))
			abort();
		line.n -= !lf || !slice_ends(want, SLICE("\r"));
		if (slice_starts(line, SLICE("."))) {
			if (line.n == 1 || line.p[1] != '.')
				abort();
			line = slice_sub(line, 1, line.n);
		}
		if (!slice_eq(line, want))
			abort();
	}
	if (line.n > 0 || in.n > 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf whole = BUF(2 * size + 2), pieces = BUF(2 * size + 2);

	encode(in, size + 1, &whole);
	encode(in, size > 0 ? data[0] % 7 + 1 : 1, &pieces);
	check_wire(buf_slice(&whole), in);
	if (!slice_eq(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
