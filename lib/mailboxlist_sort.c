/* SPDX-License-Identifier: ISC */
/* mailboxlist_sort: the order of messages; see mailboxlist.h. */

#include <stdlib.h>

#include "maildirname.h"
#include "mailboxlist.h"

enum {
	DIGIT = 256, /* values of a byte */
	DIGITS = 8,  /* bytes of a key */
};

/* What an entry is compared by, beside each other in memory: its UID, or where
 * it has none the time of its delivery, then the base. */
struct place {
	uint64_t key;
	struct slice base;
	uint32_t at; /* of the entry */
};

static int
compare(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	size_t n = a->base.n < b->base.n ? a->base.n : b->base.n;
	int rc;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if ((rc = memcmp(a->base.p, b->base.p, n)) != 0)
		return rc;
	return a->base.n < b->base.n ? -1 : a->base.n > b->base.n;
}

/* Puts "from" in the order of one byte of the keys, otherwise as it was, into
 * "to": 1, or 0 where that byte is the same in all. */
static int
by_byte(const struct place *from, struct place *to, size_t n, unsigned shift)
{
	size_t first[DIGIT] = { 0 }, i, sum = 0, count;

	for (i = 0; i < n; i++)
		first[from[i].key >> shift & (DIGIT - 1)]++;
	if (first[from[0].key >> shift & (DIGIT - 1)] == n)
		return 0;
	for (i = 0; i < DIGIT; i++) {
		count = first[i];
		first[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		to[first[from[i].key >> shift & (DIGIT - 1)]++] = from[i];
	return 1;
}

/* By the keys, byte by byte (radix sort); those of one key by their bases. */
static struct place *
sort(struct place *p, size_t n)
{
	struct place *other = mem_alloc(n * sizeof(*other)), *swap;
	size_t i, k;
	unsigned digit;

	for (digit = 0; digit < DIGITS && n > 0; digit++)
		if (by_byte(p, other, n, 8 * digit)) {
			swap = p;
			p = other;
			other = swap;
		}
	for (i = 0; i < n; i = k) {
		for (k = i + 1; k < n && p[k].key == p[i].key; k++)
			;
		if (k - i > 1)
			qsort(p + i, k - i, sizeof(*p), compare);
	}
	free(other);
	return p;
}

/* The places of the entries from "from" on that are not gone, in order.  What
 * has no UID is before what has. */
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
			p[(*n)++] = (struct place){ e->shown.uid != 0 ?
			    UINT64_C(1) << 63 | e->shown.uid :
			    maildirname_order(base), base, (uint32_t)i };
	}
	for (i = 1; i < *n; i++)
		if (compare(&p[i - 1], &p[i]) > 0)
			return sort(p, *n);
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
