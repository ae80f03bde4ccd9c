/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever an mbox is, how it is cut makes no difference to the
 * messages in it. */

#include <stdlib.h>

#include "buf.h"
#include "unmboxrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(struct slice in, size_t piece, struct buf *out)
{
	struct unmboxrd m = { 0 };
	struct slice part, text;
	enum unmboxrd_event event;
	size_t at;

	for (at = 0; at < in.n; at += piece) {
		part = slice_sub(in, at, at + piece);
		while ((event = unmboxrd_next(&m, &part, &text)) !=
		    UNMBOXRD_MORE) {
			if (event == UNMBOXRD_TEXT)
				(void)buf_add(out, text);
			else
				(void)buf_addf(out, "%d,%d,%jd", (int)event,
				    m.dated, (intmax_t)m.date);
			if (!m.begun)
				return;
		}
	}
	(void)buf_addc(out, '0' - unmboxrd_end(&m));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf whole = BUF(30 * size + 60), pieces = BUF(30 * size + 60);

	take(in, size + 1, &whole);
	take(in, size > 0 ? data[size - 1] % 9 + 1 : 1, &pieces);
	if (!slice_eq(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
