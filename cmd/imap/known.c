/* SPDX-License-Identifier: ISC */
/* known: the messages of a mailbox that are known; see known.h. */

#include <stdlib.h>
#include <string.h>

#include "known.h"
#include "limits.h"
#include "mem.h"

enum {
	HALF = KNOWN_BLOCK / 2,
	WORD = 64,
	WORDS = KNOWN_BLOCK / WORD,
	SLOTS = 65535, /* of digests; a quarter of them stays free */
};

struct known_block {
	uint64_t marks[WORDS];
	uint16_t *flags; /* slots of digests, plus 1; 0: unknown; NULL: all */
	uint32_t uid[KNOWN_BLOCK];
};

/* What is looked through to find a message, apart from the rest. */
struct known_place {
	uint32_t first; /* the least uid in it */
	uint32_t n;	/* never 0 */
	struct known_block *block;
};

/* The last place whose first uid is not above "uid"; 0 where there is none. */
static uint32_t
place_of(const struct known *k, uint32_t uid)
{
	uint32_t low = 0, high = k->places, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (k->place[middle].first <= uid)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The index in "p" of the first uid that is not below "uid". */
static uint32_t
index_of(const struct known_place *p, uint32_t uid)
{
	uint32_t low = 0, high = p->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->block->uid[middle] < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The bit at "at" and those above it move up by one, or down, over it. */
static void
open_bit(uint64_t *bits, uint32_t at)
{
	uint32_t word = WORDS - 1;
	uint64_t below = ((uint64_t)1 << at % WORD) - 1;

	for (; word > at / WORD; word--)
		bits[word] = bits[word] << 1 | bits[word - 1] >> (WORD - 1);
	bits[word] = (bits[word] & below) | (bits[word] & ~below) << 1;
}

static void
close_bit(uint64_t *bits, uint32_t at)
{
	uint32_t word = at / WORD;
	uint64_t below = ((uint64_t)1 << at % WORD) - 1;

	bits[word] = (bits[word] & below) | (bits[word] >> 1 & ~below);
	for (; word + 1 < WORDS; word++) {
		bits[word] |= bits[word + 1] << (WORD - 1);
		bits[word + 1] >>= 1;
	}
}

static struct known_place *
open_place(struct known *k, uint32_t at)
{
	if (k->places == k->room) {
		k->room = k->room == 0 ? 4 : 2 * k->room;
		k->place = mem_resize(k->place, k->room, sizeof(*k->place));
	}
	memmove(k->place + at + 1, k->place + at,
	    (k->places - at) * sizeof(*k->place));
	k->places++;
	k->place[at] = (struct known_place){ .block =
	    mem_alloc(sizeof(struct known_block)) };
	return &k->place[at];
}

static void
close_place(struct known *k, uint32_t at)
{
	free(k->place[at].block->flags);
	free(k->place[at].block);
	k->places--;
	memmove(k->place + at, k->place + at + 1,
	    (k->places - at) * sizeof(*k->place));
}

static void
move_half(struct known_place *to, struct known_place *from)
{
	struct known_block *a = from->block, *b = to->block;

	memcpy(b->uid, a->uid + HALF, HALF * sizeof(a->uid[0]));
	memcpy(b->marks, a->marks + WORDS / 2, sizeof(a->marks) / 2);
	memset(a->marks + WORDS / 2, 0, sizeof(a->marks) / 2);
	if (a->flags != NULL) {
		b->flags = mem_alloc(KNOWN_BLOCK * sizeof(b->flags[0]));
		memcpy(b->flags, a->flags + HALF, HALF * sizeof(a->flags[0]));
	}
	from->n = HALF;
	to->n = KNOWN_BLOCK - HALF;
	to->first = b->uid[0];
}

/* The place of "uid", and its index there; NULL where it is not known. */
static struct known_place *
find(const struct known *k, uint32_t uid, uint32_t *at)
{
	struct known_place *p;

	if (k->places == 0)
		return NULL;
	p = &k->place[place_of(k, uid)];
	*at = index_of(p, uid);
	return *at < p->n && p->block->uid[*at] == uid ? p : NULL;
}

/* The place where "uid" is to be, with room for it. */
static struct known_place *
place_for(struct known *k, uint32_t uid)
{
	uint32_t at = place_of(k, uid);
	struct known_place *next;

	if (k->places == 0)
		return open_place(k, 0);
	if (k->place[at].n < KNOWN_BLOCK)
		return &k->place[at];
	next = open_place(k, at + 1);
	/* As a rule the uid is the greatest: then blocks stay full. */
	if (uid > k->place[at].block->uid[KNOWN_BLOCK - 1])
		return next;
	move_half(next, &k->place[at]);
	return uid < next->first ? &k->place[at] : next;
}

static void
insert(struct known_place *p, uint32_t at, uint32_t uid)
{
	struct known_block *b = p->block;

	memmove(b->uid + at + 1, b->uid + at, (p->n - at) * sizeof(b->uid[0]));
	b->uid[at] = uid;
	open_bit(b->marks, at);
	if (b->flags != NULL) {
		memmove(b->flags + at + 1, b->flags + at,
		    (p->n - at) * sizeof(b->flags[0]));
		b->flags[at] = 0;
	}
	p->n++;
	p->first = b->uid[0];
}

/* Which of the digests it is, plus 1; 0 where there is no room for one more. */
static uint16_t
slot_of(struct known *k, uint64_t digest)
{
	uint32_t at = (uint32_t)(digest % SLOTS);

	if (k->digest == NULL)
		k->digest = mem_alloc(SLOTS * sizeof(k->digest[0]));
	while (k->digest[at] != 0 && k->digest[at] != digest)
		at = (at + 1) % SLOTS;
	if (k->digest[at] == 0) {
		if (k->digests == KNOWN_FLAGS)
			return 0;
		k->digests++;
		k->digest[at] = digest;
	}
	return (uint16_t)(at + 1);
}

static enum known_result
set_flags(struct known *k, struct known_block *b, uint32_t at, uint64_t digest)
{
	uint16_t was, is;

	if (digest == 0)
		return KNOWN_SAME;
	if (b->flags == NULL)
		b->flags = mem_alloc(KNOWN_BLOCK * sizeof(b->flags[0]));
	was = b->flags[at];
	is = b->flags[at] = slot_of(k, digest);
	if (was == 0)
		return KNOWN_LEARNT;
	return was == is ? KNOWN_SAME : KNOWN_CHANGED;
}

enum known_result
known_put(struct known *k, uint32_t uid, uint64_t flags)
{
	uint32_t at;
	struct known_place *p = find(k, uid, &at);
	enum known_result result;
	int known = p != NULL;

	if (!known) {
		if (k->n == LIMIT_IMAP_WATCHED)
			return KNOWN_FULL;
		p = place_for(k, uid);
		at = index_of(p, uid);
		insert(p, at, uid);
		k->n++;
	}
	p->block->marks[at / WORD] |= (uint64_t)1 << at % WORD;
	result = set_flags(k, p->block, at, flags);
	return known ? result : KNOWN_NEW;
}

uint64_t
known_digest(struct slice flags)
{
	uint64_t sum = 0;
	struct slice word;
	char lower[256];
	size_t i;

	while (slice_word(&flags, &word)) {
		if (slice_caseeq(word, SLICE("\\Recent")))
			continue;
		for (i = 0; i < word.n && i < sizeof(lower); i++)
			lower[i] = (char)slice_lower((unsigned char)word.p[i]);
		/* Odd, so that not even many of one sum up to nothing. */
		sum += slice_hash((struct slice){ lower, i }) | 1;
	}
	return sum == 0 ? 1 : sum;
}

int
known_drop(struct known *k, uint32_t uid)
{
	uint32_t at;
	struct known_place *p = find(k, uid, &at);
	struct known_block *b;

	if (p == NULL)
		return 0;
	b = p->block;
	p->n--;
	k->n--;
	memmove(b->uid + at, b->uid + at + 1, (p->n - at) * sizeof(b->uid[0]));
	close_bit(b->marks, at);
	if (b->flags != NULL)
		memmove(b->flags + at, b->flags + at + 1,
		    (p->n - at) * sizeof(b->flags[0]));
	if (p->n == 0)
		close_place(k, (uint32_t)(p - k->place));
	else
		p->first = b->uid[0];
	return 1;
}

uint32_t
known_uid(const struct known *k, uint32_t number)
{
	uint32_t i;

	if (number == 0 || number > k->n)
		return 0;
	for (i = 0; number > k->place[i].n; i++)
		number -= k->place[i].n;
	return k->place[i].block->uid[number - 1];
}

uint32_t
known_next(const struct known *k, uint32_t from)
{
	uint32_t where = place_of(k, from), at;

	if (k->places == 0)
		return 0;
	at = index_of(&k->place[where], from);
	if (at < k->place[where].n)
		return k->place[where].block->uid[at];
	return where + 1 < k->places ? k->place[where + 1].first : 0;
}

uint32_t
known_last(const struct known *k)
{
	const struct known_place *p;

	if (k->places == 0)
		return 0;
	p = &k->place[k->places - 1];
	return p->block->uid[p->n - 1];
}

void
known_unmark(struct known *k)
{
	uint32_t i;

	for (i = 0; i < k->places; i++)
		memset(k->place[i].block->marks, 0,
		    sizeof(k->place[i].block->marks));
}

uint32_t
known_unmarked(const struct known *k, uint32_t from)
{
	uint32_t where = place_of(k, from), at;
	const struct known_place *p;

	for (; where < k->places; where++, from = 0) {
		p = &k->place[where];
		for (at = index_of(p, from); at < p->n; at++)
			if ((p->block->marks[at / WORD] >> at % WORD & 1) == 0)
				return p->block->uid[at];
	}
	return 0;
}

void
known_free(struct known *k)
{
	while (k->places > 0)
		close_place(k, k->places - 1);
	free(k->place);
	free(k->digest);
	*k = (struct known){ 0 };
}
