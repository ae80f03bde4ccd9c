/* SPDX-License-Identifier: ISC */
/* Fuzz target: a date that was read is written and read as the same. */

#include <stdlib.h>

#include "date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	const time_t margin = 10 * 86400;
	time_t when, again;
	char text[DATE_TEXT];
	int zone;

	if (date_parse(in, &when, &zone) == -1)
		return 0;
	if (when < margin - 2208988800 || when > 253402300799 - margin)
		return 0;
	if (date_parse(slice_str(date_format(text, when)), &again, &zone) ==
		-1 || again != when)
		abort();
	return 0;
}
