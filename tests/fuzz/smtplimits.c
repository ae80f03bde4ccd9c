/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever a server says of its limits, what is left are numbers
 * that can be one, and times that can be written and read again. */

#include <stdlib.h>

#include "smtplimits.h"
#include "timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size }, keyword = { 0 };
	struct smtplimits l = { 0 };
	char text[TIMESTAMP_TEXT];
	int64_t again;

	(void)slice_word(&in, &keyword);
	smtplimits_learn(&l, keyword, in);
	if (!l.release)
		return 0;
	(void)timestamp_format(text, l.hold_until);
	if (l.hold_for == 0 || timestamp_parse(slice_str(text), &again) == -1 ||
	    again != l.hold_until)
		abort();
	return 0;
}
