/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever a message is and however it is cut, its wire form has
 * no bare CR or LF and one lone dot, its last line. */

#include <stdlib.h>

#include "dot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
encode(struct slice in, size_t piece, struct buf *out)
{
	struct dot d = { 0 };

	for (size_t at = 0; at < in.n; at += piece)
		if (dot_encode(&d, slice_sub(in, at, at + piece), out) == -1)
			abort();
	if (dot_end(&d, out) == -1)
		abort();
}

static void
check_wire(struct slice wire)
{
	struct slice line;

	while (slice_until(&wire, '\n', &line)) {
		if (!slice_ends(line, SLICE("\r")))
			abort();
		line.n--;
		if (slice_find(line, '\r') < line.n ||
		    slice_eq(line, SLICE(".")) != (wire.n == 0))
			abort();
	}
	if (line.n > 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf whole = BUF(2 * size + 32), pieces = BUF(2 * size + 32);

	encode(in, size + 1, &whole);
	encode(in, size > 0 ? data[0] % 7 + 1 : 1, &pieces);
	check_wire(buf_slice(&whole));
	if (!slice_eq(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
