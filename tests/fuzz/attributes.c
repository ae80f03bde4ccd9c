/* SPDX-License-Identifier: ISC */
/* Fuzz target: the attributes of XCLIENT; what comes out is printable. */

#include <stdlib.h>

#include "../../cmd/smtp/attributes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice arg = { (const char *)data, size };
	struct attributes a;
	struct peer p;
	size_t i;

	if (attributes_read(arg, &a) != NULL)
		return 0;
	for (i = 0; a.name[i] != '\0'; i++)
		if (a.name[i] <= ' ' || a.name[i] >= 127)
			abort();
	for (i = 0; a.login[i] != '\0'; i++)
		if (a.login[i] <= ' ' || a.login[i] >= 127)
			abort();
	peer_from_address(&p, &a.client);
	return 0;
}
