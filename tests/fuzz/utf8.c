/* SPDX-License-Identifier: ISC */
/* Fuzz target: utf8 takes every byte once and gives no invalid character. */

#include <stdlib.h>

#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size };
	int valid = utf8_valid(s), seen = 1;
	int32_t c;

	while (s.n > 0) {
		size_t before = s.n;

		c = utf8_next(&s);
		if (c < -2 || c == -1 || c > 0x10ffff || s.n >= before ||
		    before - s.n > 4 || (c == -2 && before - s.n != 1))
			abort();
		seen &= c >= 0;
	}
	if (utf8_next(&s) != -1 || seen != valid)
		abort();
	return 0;
}
