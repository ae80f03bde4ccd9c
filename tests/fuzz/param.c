/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is read is UTF-8, and what is written is read back. */

#include <stdlib.h>
#include <string.h>

#include "param.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf out = BUF(32 * size + 999), field = BUF(32 * size + 999);
	struct slice names[LIMIT_PARAMS];
	size_t n = param_names(in, names);

	while (n-- > 0)
		if (!param_is_token(names[n]))
			abort();
	if (param_value(in).n > size || param_count(in, "name") > size ||
	    param_get(in, "name", &out) == -1 || !utf8_valid(buf_slice(&out)))
		abort();
	buf_clear(&out);
	if (size < 999 && utf8_valid(in) && buf_adds(&field, "a/b") == 0 &&
	    memmem(in.p, size, "=?", 2) == NULL) {
		if (param_write(&field, "name", in, size & 1) == -1 ||
		    param_get(buf_slice(&field), "name", &out) != 1 ||
		    !slice_eq(buf_slice(&out), in))
			abort();
	}
	buf_free(&out);
	buf_free(&field);
	return 0;
}
