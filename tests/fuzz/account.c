/* SPDX-License-Identifier: ISC */
/* Fuzz target: an accounts file, its first line the account looked for: what
 * is found has that name, and what is refused is a fault of the file. */

#include <stdlib.h>

#include "account.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, name;
	struct fail f = { 0 };
	struct account a;
	char *wanted;

	(void)slice_until(&text, '\n', &name);
	wanted = mem_str(name);
	if (account_find(&a, wanted, text, "accounts", &f) == 0) {
		if (a.name == NULL || strcmp(a.name, wanted) != 0)
			abort();
	} else if (f.class != EX_CONFIG || f.text[0] == '\0') {
		abort();
	}
	account_free(&a);
	free(wanted);
	return 0;
}
