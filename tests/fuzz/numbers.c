/* SPDX-License-Identifier: ISC */
/* Fuzz target: a list of recipients: none, or numbers that ascend within their
 * bounds and are in it, of which numbers_add makes a list of the same. */

#include <stdlib.h>

#include "limits.h"
#include "numbers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LOOKED_FOR = 100 };

static void
check_same(struct numbers n, struct slice list)
{
	struct numbers again;
	size_t a, b;

	if (numbers_start(&again, list) == -1)
		abort();
	while (numbers_next(&n, &a))
		if (!numbers_next(&again, &b) || a != b)
			abort();
	if (numbers_next(&again, &b))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct buf list = BUF(1 << 20);
	size_t number, before = 0, last = 0, i = 0;
	struct numbers n, all;

	if (numbers_start(&n, text) == -1)
		return 0;
	all = n;
	while (numbers_next(&n, &number)) {
		if (number <= before || number > LIMIT_SPOOL_RECIPIENTS ||
		    (i++ < LOOKED_FOR && !numbers_has(text, number)) ||
		    numbers_add(&list, &last, number) == -1)
			abort();
		before = number;
	}
	if (before == 0)
		abort();
	check_same(all, buf_slice(&list));
	buf_free(&list);
	return 0;
}
