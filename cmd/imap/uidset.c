/* SPDX-License-Identifier: ISC */
/* uidset: sets of messages as IMAP writes them; see uidset.h. */

#include <inttypes.h>

#include "uidset.h"

/* One number, or "*", which is 0. */
static int
read_number(struct slice text, uint32_t *n)
{
	uint64_t value = 0;

	if (!slice_eq(text, SLICE("*")) &&
	    slice_uint(text, 1, UINT32_MAX, &value) == -1)
		return -1;
	*n = (uint32_t)value;
	return 0;
}

int
uidset_read(struct slice text, struct uidset_range *range)
{
	struct slice first;
	uint32_t swap;
	int two = slice_until(&text, ':', &first);

	if (read_number(first, &range->first) == -1 ||
	    read_number(two ? text : first, &range->last) == -1)
		return -1;
	/* 0 - 1 is above all. */
	if (range->first - 1 > range->last - 1) {
		swap = range->first;
		range->first = range->last;
		range->last = swap;
	}
	return 0;
}

int
uidset_next(struct slice *set, struct uidset_range *range)
{
	struct slice text;

	if (set->n == 0)
		return 0;
	/* A comma promises another. */
	if ((slice_until(set, ',', &text) && set->n == 0) ||
	    uidset_read(text, range) == -1)
		return -1;
	return 1;
}

void
uidset_add(struct buf *set, struct uidset_range range)
{
	if (set->n > 0)
		(void)buf_addc(set, ',');
	if (range.first == 0)
		(void)buf_addc(set, '*');
	else
		(void)buf_addf(set, "%" PRIu32, range.first);
	if (range.first == range.last)
		return;
	if (!uidset_has_star(range))
		(void)buf_addf(set, ":%" PRIu32, range.last);
	else if (range.first == 1)
		(void)buf_adds(set, ":*");
	else
		(void)buf_addf(set, ":%" PRIu32, (uint32_t)UIDSET_MOST);
}

int
uidset_is_one(struct slice text)
{
	struct uidset_range range;
	int rc = -1;

	if (text.n > 0)
		while ((rc = uidset_next(&text, &range)) == 1)
			;
	return rc == 0;
}

int
uidset_has_star(struct uidset_range range)
{
	return range.last == 0;
}

int
uidset_is_open(struct uidset_range range)
{
	return uidset_has_star(range) || range.last == UIDSET_MOST;
}

int
uidset_join(struct uidset_range *held, struct uidset_range range)
{
	if (uidset_has_star(*held) || uidset_has_star(range) ||
	    (uint64_t)range.first > (uint64_t)held->last + 1 ||
	    (uint64_t)held->first > (uint64_t)range.last + 1)
		return 0;
	if (range.first < held->first)
		held->first = range.first;
	if (range.last > held->last)
		held->last = range.last;
	return 1;
}
