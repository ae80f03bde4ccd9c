/* SPDX-License-Identifier: ISC */
/* rates: what each address asks for in a minute; see rates.h. */

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "digest.h"
#include "limits.h"
#include "mem.h"
#include "rates.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
    "a lock would not be shared by processes");

enum {
	MINUTE = 60,
	WAYS = 8, /* places that an address may have */
	SETS = LIMIT_RATES / WAYS,
	TRIES = 1000, /* while another process takes a place of the set */
	STALE = 2,    /* seconds after which that one has ended in between */
};

_Static_assert((SETS & (SETS - 1)) == 0, "a power of two");

struct place {
	_Atomic uint64_t network; /* 0: nobody's */
	/* The second in which a minute began, and below it in 32 bits what
	 * was counted since. */
	_Atomic uint64_t counts[RATES_KINDS];
};

struct set {
	/* 0, or while a process takes a place in it LOCKED and, in 32 bits,
	 * the second in which it began. */
	_Atomic uint64_t lock;
	struct place places[WAYS];
};

#define LOCKED (UINT64_C(1) << 32)

struct rates {
	uint64_t key[2];
	struct set *sets; /* shared */
};

struct rates *
rates_open(struct fail *f)
{
	struct rates *r;
	void *shared = mmap(NULL, SETS * sizeof(*r->sets),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		(void)fail_errno(f, EX_TEMPFAIL, "mmap");
		return NULL;
	}
	r = mem_alloc(sizeof(*r));
	r->sets = shared;
	if (digest_random(r->key, sizeof(r->key), f) == 0)
		return r;
	rates_close(&r);
	return NULL;
}

void
rates_close(struct rates **r)
{
	if (*r == NULL)
		return;
	(void)munmap((*r)->sets, SETS * sizeof(*(*r)->sets));
	free(*r);
	*r = NULL;
}

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_rounds(uint64_t v[4], unsigned n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

/* SipHash-2-4 of one word: who does not know the key cannot choose addresses
 * that share their places with somebody. */
static uint64_t
hash(const uint64_t key[2], uint64_t word)
{
	uint64_t v[4] = { key[0] ^ UINT64_C(0x736f6d6570736575),
		key[1] ^ UINT64_C(0x646f72616e646f6d),
		key[0] ^ UINT64_C(0x6c7967656e657261),
		key[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t last = UINT64_C(8) << 56; /* its length in bytes */

	v[3] ^= word;
	sip_rounds(v, 2);
	v[0] ^= word;
	v[3] ^= last;
	sip_rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* When the last of its minutes began. */
static uint32_t
last_begin(const struct place *p)
{
	uint32_t begin, last = 0;
	size_t i;

	for (i = 0; i < RATES_KINDS; i++) {
		begin = (uint32_t)(atomic_load(&p->counts[i]) >> 32);
		if (begin > last)
			last = begin;
	}
	return last;
}

static struct place *
own(struct set *set, uint64_t network)
{
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (atomic_load(&set->places[i].network) == network)
			return &set->places[i];
	return NULL;
}

static int
lock(struct set *set, uint32_t now)
{
	uint64_t had = atomic_load(&set->lock);

	return (had == 0 || (int32_t)(now - (uint32_t)had) >= STALE) &&
	    atomic_compare_exchange_strong(&set->lock, &had, LOCKED | now);
}

/* Makes the place that was begun first another's; it is nobody's until its
 * counts are 0.  What a process that found it earlier counts at the same moment
 * is counted for the wrong one. */
static struct place *
take_oldest(struct set *set, uint64_t network, uint32_t now)
{
	struct place *oldest = set->places;
	size_t i;

	for (i = 1; i < WAYS; i++)
		if (last_begin(&set->places[i]) < last_begin(oldest))
			oldest = &set->places[i];
	atomic_store(&oldest->network, 0);
	for (i = 0; i < RATES_KINDS; i++)
		atomic_store(&oldest->counts[i], (uint64_t)now << 32);
	atomic_store(&oldest->network, network);
	return oldest;
}

/* The network's place; or NULL, where another process keeps the set locked. */
static struct place *
find(struct rates *r, uint64_t network, uint32_t now)
{
	struct set *set = r->sets + (hash(r->key, network) & (SETS - 1));
	struct place *p;
	unsigned tries;

	for (tries = 0; tries < TRIES; tries++) {
		if ((p = own(set, network)) != NULL)
			return p;
		if (!lock(set, now))
			continue;
		/* Another process may have brought it meanwhile. */
		if ((p = own(set, network)) == NULL)
			p = take_oldest(set, network, now);
		atomic_store(&set->lock, 0);
		return p;
	}
	return NULL;
}

int
rates_count(struct rates *r, uint64_t network, struct rates_limit limit,
    uint32_t now)
{
	_Atomic uint64_t *count;
	struct place *p;
	uint64_t had, next;

	if (limit.most == 0 || network == 0 ||
	    (p = find(r, network, now)) == NULL)
		return 1;
	count = &p->counts[limit.kind];
	had = atomic_load(count);
	do {
		next = had + 1;
		/* Another's clock may have been read a moment later. */
		if ((int32_t)(now - (uint32_t)(had >> 32)) >= MINUTE)
			next = (uint64_t)now << 32 | 1;
		else if ((uint32_t)had >= limit.most)
			return 0;
	} while (!atomic_compare_exchange_weak(count, &had, next));
	return 1;
}
