/* SPDX-License-Identifier: ISC */
/* Fuzz target: no byte of a header is lost, and what is written is one
 * field. */

#include <stdlib.h>

#include "hdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size }, rest = in, inside;
	struct buf out = BUF(3 * size + 100);
	struct hdr_field field;
	size_t sum = 0;

	for (; hdr_next(&rest, &field); buf_clear(&out)) {
		sum += field.raw.n;
		if (hdr_unfold(field.value, &out) == -1 ||
		    hdr_unquote(field.value, &out) == -1)
			abort();
	}
	if (sum + rest.n != size)
		abort();
	for (rest = in; rest.n > 0; (void)slice_getc(&rest))
		if (hdr_skip_cfws(&rest) == 0 && slice_peek(rest) == '"')
			(void)hdr_quoted(&rest, &inside);
	if (slice_find(in, '\n') == size && hdr_write(&out, "A", in) == 0) {
		rest = buf_slice(&out);
		if (!hdr_next(&rest, &field) || rest.n != 0)
			abort();
	}
	buf_free(&out);
	return 0;
}
