/* SPDX-License-Identifier: ISC */
/* Fuzz target: the file of a server: a record whose numbers are in bounds and
 * whose sentence is printable, or none. */

#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 8 * 3600 }; /* that one can be down, and some */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hosts_record none;
	const int64_t now = 1700000000;
	struct hosts_record r;
	char again[TEXT_SHOWN];

	if (hosts_read(&r, (struct slice){ (const char *)data, size }, now) ==
	    -1) {
		if (memcmp(&r, &none, sizeof(r)) != 0)
			abort();
		return 0;
	}
	if (r.until < 0 || r.until > now + LONGEST ||
	    (r.until > 0 && r.until < now - HOSTS_AGE) ||
	    r.limit > HOSTS_MOST || memchr(r.why, '\0', HOSTS_WHY) == NULL ||
	    strcmp(text_show(again, slice_str(r.why)), r.why) != 0)
		abort();
	return 0;
}
