/* SPDX-License-Identifier: ISC */
/* Fuzz target: a dovecot-uidlist.  What was read is fit to be used: UIDs ascend
 * below the next one, and bases are names of files. */

#include <stdlib.h>

#include "uidlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uidlist l = { 0 };
	struct slice base, value;
	uint32_t last = 0;
	size_t i;

	if (uidlist_parse(&l, (struct slice){ (const char *)data, size }) == -1)
		return 0;
	if (l.validity == 0 || l.next == 0)
		abort();
	for (i = 0; i < l.n; i++) {
		base = uidlist_base(&l, i);
		if (l.records[i].uid <= last || l.records[i].uid >= l.next ||
		    base.n == 0 || base.n > 255 ||
		    slice_find(base, '/') < base.n ||
		    slice_find(base, '\0') < base.n ||
		    slice_find(base, '\n') < base.n)
			abort();
		last = l.records[i].uid;
		if (uidlist_value(&l, i, 'P', &value) &&
		    slice_find(value, ' ') < value.n)
			abort();
	}
	uidlist_free(&l);
	return 0;
}
