/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is decoded is one line of printable ASCII, and comes back
 * the same from what it is encoded to. */

#include <stdlib.h>

#include "xtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf text = BUF(size), coded = BUF(3 * size), again = BUF(size);
	size_t i;

	if (xtext_decode(in, &text) == 0) {
		for (i = 0; i < text.n; i++)
			if (text.p[i] < ' ' || text.p[i] > '~')
				abort();
		if (xtext_encode(buf_slice(&text), &coded) == -1 ||
		    xtext_decode(buf_slice(&coded), &again) == -1 ||
		    !slice_eq(buf_slice(&again), buf_slice(&text)))
			abort();
	}
	buf_free(&text);
	buf_free(&coded);
	buf_free(&again);
	return 0;
}
