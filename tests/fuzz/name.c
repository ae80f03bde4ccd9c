/* SPDX-License-Identifier: ISC */
/* Fuzz target: a safe name is short, UTF-8, in no other directory, hidden
 * from nobody, and safe already. */

#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf name = BUF(NAME_ROOM), again = BUF(NAME_ROOM);
	struct slice s;
	int32_t c;

	name_safe((struct slice){ (const char *)data, size }, &name);
	if (name.n > LIMIT_FILE_NAME || slice_peek(buf_slice(&name)) == '-' ||
	    slice_peek(buf_slice(&name)) == '.')
		abort();
	for (s = buf_slice(&name); s.n > 0;)
		if ((c = utf8_next(&s)) < 0 || utf8_unsafe(c) ||
		    (c < 128 && strchr("/\\:*?\"<>|", c) != NULL))
			abort();
	name_safe(buf_slice(&name), &again);
	if (!slice_eq(buf_slice(&name), buf_slice(&again)))
		abort();
	name_variant(buf_slice(&name), 1000000, &again);
	if (again.n <= name.n)
		abort();
	buf_free(&name);
	buf_free(&again);
	return 0;
}
