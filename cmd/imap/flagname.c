/* SPDX-License-Identifier: ISC */
/* flagname: flags as people write them; see flagname.h. */

#include "flagname.h"

enum { LONGEST = 200 }; /* of a keyword; servers take fewer */

static const char *const of_system[] = { "\\Answered", "\\Deleted", "\\Draft",
	"\\Flagged", "\\Seen" };

static int
is_keyword(struct slice word)
{
	size_t i;

	for (i = 0; i < word.n; i++)
		if (word.p[i] <= ' ' || word.p[i] >= 127 ||
		    slice_find(SLICE("(){%*\"\\]"), word.p[i]) < 8)
			return 0;
	return word.n > 0 && word.n <= LONGEST;
}

int
flagname_read(struct slice word, struct slice *name)
{
	size_t i;

	for (i = 0; i < sizeof(of_system) / sizeof(of_system[0]); i++) {
		struct slice flag = slice_str(of_system[i]);

		if (slice_caseeq(word, flag) ||
		    slice_caseeq(word, slice_sub(flag, 1, flag.n))) {
			*name = flag;
			return 0;
		}
	}
	if (!is_keyword(word))
		return -1;
	*name = word;
	return 0;
}

int
flagname_is_system(struct slice name)
{
	return slice_peek(name) == '\\';
}
