/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is decoded is one line of printable ASCII, and comes back
 * the same from what it is encoded to. */

#include <stdlib.h>

#include "utf8.h"
#include "xtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same for the type utf-8. */
static void
read_utf8(struct slice in)
{
	struct buf text = BUF(in.n), coded = BUF(6 * in.n), again;
	size_t i;

	if (xtext_decode_utf8(in, &text) == 0) {
		if (!utf8_valid(buf_slice(&text)))
			abort();
		for (i = 0; i < text.n; i++)
			if ((unsigned char)text.p[i] < ' ')
				abort();
		if (xtext_encode_utf8(buf_slice(&text), &coded) == -1 ||
		    !utf8_ascii(buf_slice(&coded)) ||
		    slice_find(buf_slice(&coded), '+') < coded.n ||
		    slice_find(buf_slice(&coded), '=') < coded.n)
			abort();
		again = (struct buf)BUF(coded.n);
		if (xtext_decode_utf8(buf_slice(&coded), &again) == -1 ||
		    !slice_eq(buf_slice(&again), buf_slice(&text)))
			abort();
		buf_free(&again);
	}
	buf_free(&text);
	buf_free(&coded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf text = BUF(size), coded = BUF(3 * size), again = BUF(size);
	size_t i;

	read_utf8(in);
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
