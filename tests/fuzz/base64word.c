/* SPDX-License-Identifier: ISC */
/* Fuzz target: a word that is read is the only spelling of its bytes. */

#include <stdlib.h>

#include "base64word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf bytes = BUF(2 * size + 8), word = BUF(2 * size + 8);

	if (base64word_decode(in, &bytes) == 0) {
		if (base64word_encode(buf_slice(&bytes), &word) == -1 ||
		    !slice_eq(buf_slice(&word), in))
			abort();
	} else if (bytes.n > 0) {
		abort();
	}
	buf_free(&bytes);
	buf_free(&word);
	return 0;
}
