/* SPDX-License-Identifier: ISC */
/* fromline: the line "From " of an mbox; see fromline.h. */

#include "fromline.h"

size_t
fromline_length(struct slice text)
{
	struct slice rest = text, line;

	while (slice_starts(rest, SLICE("From ")) ||
	    slice_starts(rest, SLICE(">From ")))
		(void)slice_until(&rest, '\n', &line);
	return text.n - rest.n;
}
