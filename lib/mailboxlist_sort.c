/* SPDX-License-Identifier: ISC */
/* mailboxlist_sort: the order of messages; see mailboxlist.h. */

#include <stdlib.h>

#include "maildirname.h"
#include "mailboxlist.h"

/* What an entry is compared by, beside each other in memory. */
struct place {
	uint64_t order;
	struct slice base;
	uint32_t uid, at;
};

static int
compare(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	size_t n = a->base.n < b->base.n ? a->base.n : b->base.n;
	int rc;

	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if ((rc = memcmp(a->base.p, b->base.p, n)) != 0)
		return rc;
	return a->base.n < b->base.n ? -1 : a->base.n > b->base.n;
}

/* The places of the entries from "from" on that are not gone, in order. */
static struct place *
places(const struct mailboxlist *l, size_t from, size_t *n)
{
	struct place *p = mem_alloc((l->n - from) * sizeof(*p));
	size_t i;

	*n = 0;
	for (i = from; i < l->n; i++) {
		const struct mailboxlist_entry *e = &l->entries[i];
		struct slice base = mailboxlist_base(l, i);

		if (e->shown.name != NULL)
			p[(*n)++] = (struct place){ e->shown.uid != 0 ? 0 :
			    maildirname_order(base), base, e->shown.uid,
			    (uint32_t)i };
	}
	for (i = 1; i < *n; i++)
		if (compare(&p[i - 1], &p[i]) > 0) {
			qsort(p, *n, sizeof(*p), compare);
			break;
		}
	return p;
}

void
mailboxlist_sort(struct mailboxlist *l, size_t from)
{
	size_t i, n, all = l->n - from;
	struct place *p = places(l, from, &n);
	struct mailboxlist_entry *sorted;
	uint32_t *to;

	for (i = 0; i < n && p[i].at == from + i; i++)
		;
	if (i == all) { /* nothing moves */
		free(p);
		return;
	}
	sorted = mem_alloc(n * sizeof(*sorted));
	to = mem_alloc(all * sizeof(*to));

	memset(to, 0xff, all * sizeof(*to));
	for (i = 0; i < n; i++) {
		sorted[i] = l->entries[p[i].at];
		to[p[i].at - from] = (uint32_t)(from + i);
	}
	if (n > 0)
		memcpy(l->entries + from, sorted, n * sizeof(*sorted));
	lookup_move(&l->by_base, (uint32_t)from, to);
	l->n = from + n;
	free(p);
	free(sorted);
	free(to);
}
