/* SPDX-License-Identifier: ISC */
/* Fuzz target: what text gives is one line, and safe where it must be. */

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_safe(struct slice s)
{
	while (s.n > 0)
		if (utf8_unsafe(utf8_next(&s)))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size };
	struct buf b = BUF(4 * size);
	char out[TEXT_SHOWN];

	check_safe(slice_str(text_show(out, s)));
	if (text_column(&b, s, 0) == -1 ||
	    strcspn(buf_str(&b), "\t\r\n") != b.n)
		abort();
	buf_clear(&b);
	if (text_column(&b, s, 1) == -1)
		abort();
	check_safe(buf_slice(&b));
	buf_free(&b);
	return 0;
}
