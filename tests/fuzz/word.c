/* SPDX-License-Identifier: ISC */
/* Fuzz target: decoded text is UTF-8, encoded text is ASCII on one line. */

#include <stdlib.h>

#include "utf8.h"
#include "word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf text = BUF(32 * size + 999), coded = BUF(32 * size + 999);

	if (word_decode(in, &text) == -1 || !utf8_valid(buf_slice(&text)))
		abort();
	if (word_encode(in, size & 1, &coded) == 0 &&
	    (!utf8_ascii(buf_slice(&coded)) ||
		slice_find(buf_slice(&coded), '\n') < coded.n ||
		slice_find(buf_slice(&coded), '\r') < coded.n))
		abort();
	buf_free(&text);
	buf_free(&coded);
	return 0;
}
