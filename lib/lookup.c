/* SPDX-License-Identifier: ISC */
/* lookup: open addressing over numbers; see lookup.h. */

#include <stdlib.h>

#include "digest.h"
#include "lookup.h"
#include "mem.h"

/* A slot: half of the hash, which also says where it is, and the element plus
 * one.  0 is empty; what has gone has no element, so that what is behind it is
 * still found. */
#define GONE UINT32_MAX

#define FACTOR UINT64_C(0x9e3779b97f4a7c15)

static uint64_t
key(void)
{
	static uint64_t random;
	struct fail ignored;

	/* Without random bytes it is slow to find what somebody chose. */
	if (random == 0 &&
	    digest_random(&random, sizeof(random), &ignored) == -1)
		random = FACTOR;
	return random | 1;
}

static uint64_t
mix(uint64_t hash, uint64_t word, uint64_t factor)
{
	hash = (hash ^ word) * factor;
	return hash ^ hash >> 29;
}

uint64_t
lookup_hash(struct slice s)
{
	const uint64_t secret = key(), factor = FACTOR ^ secret << 1;
	uint64_t hash = secret ^ s.n, word = 0;
	const char *p = s.p; /* UNSAFE: s.n bytes are there */
	size_t n;

	for (n = s.n; n >= sizeof(word); n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = mix(hash, word, factor);
		p += sizeof(word);
	}
	word = 0;
	if (n > 0)
		memcpy(&word, p, n);
	return mix(mix(hash, word, factor), 0, FACTOR);
}

uint64_t
lookup_casehash(struct slice s)
{
	const uint64_t secret = key(), factor = FACTOR ^ secret << 1;
	uint64_t hash = secret ^ s.n, word = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		word = word << 8 | (uint64_t)slice_lower((unsigned char)s.p[i]);
		if (i % sizeof(word) == sizeof(word) - 1) {
			hash = mix(hash, word, factor);
			word = 0;
		}
	}
	return mix(mix(hash, word, factor), 0, FACTOR);
}

struct lookup_cursor
lookup_start(const struct lookup *l, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	return (struct lookup_cursor){ tag, l->size == 0 ? 0 :
	    tag & (l->size - 1) };
}

int
lookup_next(const struct lookup *l, struct lookup_cursor *c,
    uint32_t *element)
{
	uint64_t slot;

	while (l->size > 0 && (slot = l->slots[c->at]) != 0) {
		c->at = (c->at + 1) & (l->size - 1);
		if (slot >> 32 == c->tag && (uint32_t)slot != GONE) {
			*element = (uint32_t)slot - 1;
			return 1;
		}
	}
	return 0;
}

static void
put(struct lookup *l, uint64_t slot)
{
	size_t at = (slot >> 32) & (l->size - 1);

	while (l->slots[at] != 0)
		at = (at + 1) & (l->size - 1);
	l->slots[at] = slot;
	l->used++;
}

/* At least half of the slots are empty; few steps are made to many. */
static void
grow(struct lookup *l)
{
	struct lookup old = *l;
	size_t i;

	l->size = old.size == 0 ? 1024 : 4 * old.size;
	l->slots = mem_alloc(l->size * sizeof(*l->slots));
	l->used = 0;
	for (i = 0; i < old.size; i++)
		if (old.slots[i] != 0 && (uint32_t)old.slots[i] != GONE)
			put(l, old.slots[i]);
	free(old.slots);
}

void
lookup_add(struct lookup *l, uint64_t hash, uint32_t element)
{
	if (2 * l->used >= l->size)
		grow(l);
	put(l, hash >> 32 << 32 | (element + 1));
}

void
lookup_move(struct lookup *l, uint32_t from, const uint32_t *to)
{
	size_t i;

	for (i = 0; i < l->size; i++) {
		uint32_t element = (uint32_t)l->slots[i];

		if (element == 0 || element == GONE || element - 1 < from)
			continue;
		element = to[element - 1 - from];
		l->slots[i] = l->slots[i] >> 32 << 32 |
		    (element == UINT32_MAX ? GONE : element + 1);
	}
}

void
lookup_free(struct lookup *l)
{
	free(l->slots);
	*l = (struct lookup){ 0 };
}
