/* SPDX-License-Identifier: ISC */
/* Fuzz target: what a name becomes is a host's name; and two names are the
 * same whichever is first. */

#include <stdlib.h>

#include "idn.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size };
	char out[IDN_DOMAIN];
	struct fail f = { 0 };

	if (idn_to_ascii(s, out, &f) == 0) {
		if (!utf8_ascii(s) && (strspn(out, host) != strlen(out) ||
		    out[0] == '\0' || out[0] == '.' || strlen(out) > 254 ||
		    strstr(out, "..") != NULL))
			abort();
		if (!idn_same(s, slice_str(out)) ||
		    !idn_same(slice_str(out), s))
			abort();
	} else if (f.text[0] == '\0') {
		abort();
	}
	return 0;
}
