/* SPDX-License-Identifier: ISC */
/* Fuzz target: the cursor of slice never leaves its bytes. */

#include <stdlib.h>

#include "slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size }, rest = s, word, line;
	uint64_t n;

	while (rest.n > 0) {
		(void)slice_until(&rest, '\n', &line);
		line = slice_trim(line);
		while (slice_word(&line, &word))
			if (slice_uint(word, 1, 999, &n) == 0 &&
			    (n < 1 || n > 999))
				abort();
	}
	if (slice_find(s, ' ') > s.n || rest.p != s.p + s.n)
		abort();
	return 0;
}
