/* SPDX-License-Identifier: ISC */
/* knowns: messages by their keys; see knowns.h. */

#include <stdlib.h>

#include "digest.h"
#include "knowns.h"

enum { FIRST = 1024 }; /* slots */

int
knowns_start(struct knowns *k, struct fail *f)
{
	if (digest_random(k->secret, sizeof(k->secret), f) == -1)
		return -1;
	k->slots = FIRST;
	k->slot = mem_alloc(k->slots * sizeof(*k->slot));
	return 0;
}

/* Nobody who does not know the secret finds keys of one hash. */
static uint64_t
hash(const struct knowns *k, struct slice key)
{
	uint64_t h = k->secret[0] ^ key.n, part;

	while (key.n > 0) {
		part = 0;
		memcpy(&part, key.p, key.n < 8 ? key.n : 8);
		h = (h ^ part) * (k->secret[1] | 1);
		h ^= h >> 31;
		key = slice_sub(key, 8, key.n);
	}
	h *= k->secret[0] | 1;
	return h ^ h >> 29;
}

/* The slot of "key", or the empty one where it would be. */
static struct known **
slot_of(const struct knowns *k, struct slice key)
{
	size_t at = (size_t)hash(k, key) & (k->slots - 1);

	while (k->slot[at] != NULL && !slice_eq(k->slot[at]->key, key))
		at = (at + 1) & (k->slots - 1);
	return &k->slot[at];
}

struct known *
knowns_find(const struct knowns *k, struct slice key)
{
	return *slot_of(k, key);
}

static void
grow(struct knowns *k)
{
	struct known *one;

	free(k->slot);
	k->slots *= 2;
	k->slot = mem_alloc(k->slots * sizeof(*k->slot));
	for (one = k->first; one != NULL; one = one->next)
		*slot_of(k, one->key) = one;
}

struct known *
knowns_add(struct knowns *k, struct slice key)
{
	struct known **slot = slot_of(k, key), *one;

	if (*slot != NULL)
		return *slot;
	one = *slot = arena_alloc(&k->arena, sizeof(*one));
	one->key = arena_slice(&k->arena, key);
	if (k->last == NULL)
		k->first = one;
	else
		k->last->next = one;
	k->last = one;
	if (++k->n > k->slots / 2)
		grow(k);
	return one;
}

struct known *
knowns_first(const struct knowns *k)
{
	return k->first;
}

struct known *
knowns_next(const struct known *one)
{
	return one->next;
}

void
knowns_free(struct knowns *k)
{
	free(k->slot);
	arena_free(&k->arena);
	*k = (struct knowns){ 0 };
}
