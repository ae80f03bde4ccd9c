/* SPDX-License-Identifier: ISC */
/* copyuid: uids of copies; see copyuid.h. */

#include "copyuid.h"

/* Is it in one range of the set?  *at is where the last one was: both ascend
 * as a rule. */
static int
is_asked(struct slice asked, struct slice *at, struct uidset_range wanted)
{
	struct slice end = *at, rest = *at;
	struct uidset_range range;

	do {
		*at = rest;
		if (uidset_next(&rest, &range) != 1) {
			rest = asked;
			continue;
		}
		if (wanted.first >= range.first && wanted.last <= range.last)
			return 1;
	} while (rest.n != end.n);
	return 0;
}

/* How many uids a set has, each of them asked for where "asked" is not empty:
 * 0, or -1. */
static int
count(struct slice set, struct slice asked, uint64_t *n)
{
	struct uidset_range range;
	struct slice at = asked;
	int rc = -1;

	*n = 0;
	while (set.n > 0 && (rc = uidset_next(&set, &range)) == 1) {
		if (range.first == 0 || range.last == 0 ||
		    (asked.n > 0 && !is_asked(asked, &at, range)))
			return -1;
		*n += (uint64_t)range.last - range.first + 1;
		rc = 0;
	}
	return rc;
}

int
copyuid_read(struct slice code, struct slice asked,
    struct copyuid_to to_each, struct slice *copied)
{
	struct slice name, validity, from, to;
	struct uidset_range range;
	uint64_t n, left, right, most;

	if (!slice_word(&code, &name) || !slice_caseeq(name, SLICE("COPYUID")))
		return 0;
	if (!slice_word(&code, &validity) || !slice_word(&code, &from) ||
	    !slice_word(&code, &to) ||
	    slice_uint(validity, 1, UINT32_MAX, &n) == -1 ||
	    count(from, asked, &left) == -1 ||
	    count(to, SLICE(""), &right) == -1 || left != right)
		return -1;
	/* A few bytes, again and again, would be any number of uids. */
	if (count(asked, SLICE(""), &most) == -1 || left > most)
		return -1;
	while (uidset_next(&to, &range) == 1)
		to_each.each(to_each.ctx, range);
	*copied = from;
	return 1;
}
