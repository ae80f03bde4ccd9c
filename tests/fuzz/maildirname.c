/* SPDX-License-Identifier: ISC */
/* Fuzz target: the name of a file in a Maildir.  What is changed in it has the
 * same base, and the flags that were asked for. */

#include <stdlib.h>

#include "maildirname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice name = { (const char *)data, size }, again;
	struct maildirname_change c = { MAILDIRNAME_SEEN | 1,
		MAILDIRNAME_DRAFT, NULL, size + 300 };
	uint32_t flags = maildirname_flags(name);
	uint64_t n;

	if (size > 4096 || memchr(data, '\0', size) != NULL)
		return 0;
	(void)maildirname_size(name, 'W', &n);
	if ((c.out = malloc(c.room)) == NULL ||
	    maildirname_change(name, &c) == -1)
		abort();
	again = slice_str(c.out);
	if (!slice_eq(maildirname_base(again), maildirname_base(name)) ||
	    maildirname_order(again) != maildirname_order(name) ||
	    maildirname_flags(again) != ((flags | c.add) & ~c.clear))
		abort();
	free(c.out);
	return 0;
}
