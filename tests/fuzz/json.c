/* SPDX-License-Identifier: ISC */
/* Fuzz target: a JSON string is valid UTF-8 without anything unsafe, and ends
 * where it should. */

#include <stdlib.h>

#include "json.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = BUF(12 * size + 2);
	struct json j = { .out = &b };
	struct slice s;
	int32_t c;

	json_string(&j, (struct slice){ (const char *)data, size });
	s = slice_sub(buf_slice(&b), 1, b.n - 1);
	if (j.failed || b.n < 2 || b.p[0] != '"' || b.p[b.n - 1] != '"')
		abort();
	while (s.n > 0) {
		if ((c = utf8_next(&s)) < 0 || utf8_unsafe(c) || c == '"')
			abort();
		if (c == '\\')
			(void)utf8_next(&s);
	}
	buf_free(&b);
	return 0;
}
