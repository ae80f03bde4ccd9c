/* SPDX-License-Identifier: ISC */
/* ranges: a set of uids; see ranges.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "ranges.h"

/* The first range that ends at "uid" or behind it. */
static size_t
find(const struct ranges *r, uint32_t uid)
{
	size_t low = 0, high = r->n, middle;

	/* What comes in order belongs to the end. */
	if (r->n == 0 || r->one[r->n - 1].last < uid)
		return r->n;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (r->one[middle].last < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Where all memory of it begins. */
static struct uidset_range *
base(const struct ranges *r)
{
	/* UNSAFE: "front" is what there is before "one". */
	return r->one == NULL ? NULL : r->one - r->front;
}

/* Room on both sides. */
static void
spread(struct ranges *r)
{
	size_t room = r->n < r->room / 2 ? r->room : r->room * 2 + 16,
	    front = (room - r->n) / 2;
	struct uidset_range *all = mem_resize(NULL, room, sizeof(*all));

	if (r->n > 0)
		memcpy(all + front, r->one, r->n * sizeof(*all));
	free(base(r));
	r->one = all + front;
	r->front = front;
	r->room = room;
}

/* What is before or behind it makes room, whichever is less. */
static void
insert(struct ranges *r, size_t at, struct uidset_range range)
{
	int before = at < r->n / 2 || (at == 0 && r->n > 0);

	if (before ? r->front == 0 : r->front + r->n == r->room)
		spread(r);
	if (before) {
		r->one--;
		r->front--;
		memmove(r->one, r->one + 1, at * sizeof(*r->one));
	} else {
		memmove(r->one + at + 1, r->one + at,
		    (r->n - at) * sizeof(*r->one));
	}
	r->one[at] = range;
	r->n++;
}

static void
remove_some(struct ranges *r, size_t at, size_t n)
{
	r->n -= n;
	if (at >= r->n / 2) {
		memmove(r->one + at, r->one + at + n,
		    (r->n - at) * sizeof(*r->one));
		return;
	}
	memmove(r->one + n, r->one, at * sizeof(*r->one));
	r->one += n;
	r->front += n;
}

void
ranges_add(struct ranges *r, uint32_t first, uint32_t last)
{
	/* One that touches it is made longer. */
	size_t at = find(r, first > 1 ? first - 1 : first), to;
	struct uidset_range *one;

	if (at == r->n || (last < UINT32_MAX && r->one[at].first > last + 1)) {
		insert(r, at, (struct uidset_range){ first, last });
		return;
	}
	one = &r->one[at];
	if (first < one->first)
		one->first = first;
	if (last <= one->last)
		return;
	one->last = last;
	for (to = at + 1; to < r->n &&
	    (last == UINT32_MAX || r->one[to].first <= last + 1); to++)
		if (r->one[to].last > one->last)
			one->last = r->one[to].last;
	remove_some(r, at + 1, to - at - 1);
}

int
ranges_has(const struct ranges *r, uint32_t uid)
{
	size_t at = find(r, uid);

	return at < r->n && r->one[at].first <= uid;
}

void
ranges_rest(const struct ranges *r, uint32_t first, uint32_t last,
    struct ranges *rest)
{
	size_t at = find(r, first);

	for (; at < r->n && r->one[at].first <= last; at++) {
		if (first < r->one[at].first)
			ranges_add(rest, first, r->one[at].first - 1);
		if (r->one[at].last >= last)
			return;
		first = r->one[at].last + 1;
	}
	ranges_add(rest, first, last);
}

void
ranges_both(const struct ranges *r, uint32_t first, uint32_t last,
    struct ranges *both)
{
	const struct uidset_range *one;
	size_t at = find(r, first);

	for (; at < r->n && r->one[at].first <= last; at++) {
		one = &r->one[at];
		ranges_add(both, one->first > first ? one->first : first,
		    one->last < last ? one->last : last);
	}
}

int
ranges_text(const struct ranges *r, size_t *at, size_t most, struct buf *out)
{
	const struct uidset_range *one;
	int any = 0;

	for (; *at < r->n && out->n + 24 < most; (*at)++) {
		one = &r->one[*at];
		if (any)
			(void)buf_addc(out, ',');
		(void)buf_addf(out, "%" PRIu32, one->first);
		if (one->last > one->first)
			(void)buf_addf(out, ":%" PRIu32, one->last);
		any = 1;
	}
	return any;
}

void
ranges_clear(struct ranges *r)
{
	r->n = 0;
}

void
ranges_free(struct ranges *r)
{
	free(base(r));
	*r = (struct ranges){ 0 };
}
