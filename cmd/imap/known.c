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
	FEW = 8, /* messages that a block has room for at first */
};

static const uint32_t LOW = 0xffff; /* of a uid */

/* Of uids that differ in the lower half alone, so that most take two bytes,
 * however far apart a server has them. */
struct known_block {
	uint64_t marks[WORDS];
	uint16_t *low;	 /* of each uid */
	uint16_t *flags; /* slots of digests, plus 1; 0: unknown; NULL: all have
			    "same" */
	uint16_t same;
	uint16_t room;	 /* of "low", and of "flags" */
};

/* What is looked through to find a message, apart from the rest. */
struct known_place {
	uint32_t first; /* the least uid in it */
	uint32_t n;	/* never 0 */
	struct known_block *block;
};

static uint32_t
uid_at(const struct known_place *p, uint32_t at)
{
	return (p->first & ~LOW) | p->block->low[at];
}

static int
fits(const struct known_place *p, uint32_t uid)
{
	return (p->first & ~LOW) == (uid & ~LOW);
}

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
		if (uid_at(p, middle) < uid)
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

static uint16_t *
resize(uint16_t *p, uint32_t was, uint32_t room)
{
	p = mem_resize(p, room, sizeof(*p));
	memset(p + was, 0, (room - was) * sizeof(*p));
	return p;
}

static void
make_room(struct known_block *b, uint32_t n)
{
	uint32_t room = b->room == 0 ? FEW : b->room;

	while (room < n)
		room *= 2;
	if (room == b->room)
		return;
	b->low = resize(b->low, b->room, room);
	if (b->flags != NULL)
		b->flags = resize(b->flags, b->room, room);
	b->room = (uint16_t)room;
}

/* A place for "uid". */
static struct known_place *
open_place(struct known *k, uint32_t at, uint32_t uid)
{
	if (k->places == k->room) {
		k->room = k->room == 0 ? 4 : 2 * k->room;
		k->place = mem_resize(k->place, k->room, sizeof(*k->place));
	}
	memmove(k->place + at + 1, k->place + at,
	    (k->places - at) * sizeof(*k->place));
	k->places++;
	k->place[at] = (struct known_place){ .first = uid, .block =
	    mem_alloc(sizeof(struct known_block)) };
	return &k->place[at];
}

static void
close_place(struct known *k, uint32_t at)
{
	free(k->place[at].block->flags);
	free(k->place[at].block->low);
	free(k->place[at].block);
	k->places--;
	memmove(k->place + at, k->place + at + 1,
	    (k->places - at) * sizeof(*k->place));
}

static void
move_half(struct known_place *to, struct known_place *from)
{
	struct known_block *a = from->block, *b = to->block;

	make_room(b, HALF);
	memcpy(b->low, a->low + HALF, HALF * sizeof(a->low[0]));
	memcpy(b->marks, a->marks + WORDS / 2, sizeof(a->marks) / 2);
	memset(a->marks + WORDS / 2, 0, sizeof(a->marks) / 2);
	b->same = a->same;
	if (a->flags != NULL) {
		b->flags = mem_alloc(b->room * sizeof(b->flags[0]));
		memcpy(b->flags, a->flags + HALF, HALF * sizeof(a->flags[0]));
	}
	from->n = HALF;
	to->n = KNOWN_BLOCK - HALF;
	to->first = (from->first & ~LOW) | b->low[0];
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
	return *at < p->n && uid_at(p, *at) == uid ? p : NULL;
}

/* The place where "uid" is to be, with room for it. */
static struct known_place *
place_for(struct known *k, uint32_t uid)
{
	uint32_t at = place_of(k, uid);
	struct known_place *next;

	if (k->places == 0)
		return open_place(k, 0, uid);
	if (!fits(&k->place[at], uid)) {
		at += uid > k->place[at].first;
		if (at == k->places || !fits(&k->place[at], uid))
			return open_place(k, at, uid);
	}
	if (k->place[at].n < KNOWN_BLOCK)
		return &k->place[at];
	next = open_place(k, at + 1, uid);
	/* As a rule the uid is the greatest: then blocks stay full. */
	if (uid > uid_at(&k->place[at], KNOWN_BLOCK - 1))
		return next;
	move_half(next, &k->place[at]);
	return uid < next->first ? &k->place[at] : next;
}

/* One of those in "p" is to have other flags than all have had so far. */
static void
spread(struct known_place *p, uint16_t slot)
{
	struct known_block *b = p->block;
	uint32_t at;

	if (b->flags != NULL || b->same == slot)
		return;
	if (p->n == 0) {
		b->same = slot;
		return;
	}
	b->flags = mem_alloc(b->room * sizeof(b->flags[0]));
	for (at = 0; at < p->n; at++)
		b->flags[at] = b->same;
}

static void
insert(struct known_place *p, uint32_t at, uint32_t uid, uint16_t slot)
{
	struct known_block *b = p->block;

	make_room(b, p->n + 1);
	spread(p, slot);
	memmove(b->low + at + 1, b->low + at, (p->n - at) * sizeof(b->low[0]));
	b->low[at] = (uint16_t)(uid & LOW);
	open_bit(b->marks, at);
	if (b->flags != NULL) {
		memmove(b->flags + at + 1, b->flags + at,
		    (p->n - at) * sizeof(b->flags[0]));
		b->flags[at] = slot;
	}
	p->n++;
	if (at == 0)
		p->first = uid;
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
set_flags(struct known_place *p, uint32_t at, uint16_t slot)
{
	struct known_block *b = p->block;
	uint16_t was = b->flags != NULL ? b->flags[at] : b->same;

	spread(p, slot);
	if (b->flags != NULL)
		b->flags[at] = slot;
	if (was == 0)
		return KNOWN_LEARNT;
	return was == slot ? KNOWN_SAME : KNOWN_CHANGED;
}

enum known_result
known_put(struct known *k, uint32_t uid, uint64_t flags)
{
	uint32_t at;
	struct known_place *p = find(k, uid, &at);
	enum known_result result = KNOWN_SAME;
	uint16_t slot;

	if (p == NULL && k->n == LIMIT_IMAP_WATCHED)
		return KNOWN_FULL;
	slot = flags == 0 ? 0 : slot_of(k, flags);
	if (p == NULL) {
		p = place_for(k, uid);
		at = index_of(p, uid);
		insert(p, at, uid, slot);
		k->n++;
		result = KNOWN_NEW;
	} else if (flags != 0)
		result = set_flags(p, at, slot);
	p->block->marks[at / WORD] |= (uint64_t)1 << at % WORD;
	return result;
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
	memmove(b->low + at, b->low + at + 1, (p->n - at) * sizeof(b->low[0]));
	close_bit(b->marks, at);
	if (b->flags != NULL)
		memmove(b->flags + at, b->flags + at + 1,
		    (p->n - at) * sizeof(b->flags[0]));
	if (p->n == 0)
		close_place(k, (uint32_t)(p - k->place));
	else
		p->first = uid_at(p, 0);
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
	return uid_at(&k->place[i], number - 1);
}

uint32_t
known_next(const struct known *k, uint32_t from)
{
	uint32_t where = place_of(k, from), at;

	if (k->places == 0)
		return 0;
	at = index_of(&k->place[where], from);
	if (at < k->place[where].n)
		return uid_at(&k->place[where], at);
	return where + 1 < k->places ? k->place[where + 1].first : 0;
}

uint32_t
known_last(const struct known *k)
{
	const struct known_place *p;

	if (k->places == 0)
		return 0;
	p = &k->place[k->places - 1];
	return uid_at(p, p->n - 1);
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
				return uid_at(p, at);
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
