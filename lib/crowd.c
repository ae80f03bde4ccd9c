/* SPDX-License-Identifier: ISC */
/* crowd: connections of each address; see crowd.h. */

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crowd.h"
#include "mem.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
    "a lock would not be shared by processes");

struct crowd {
	unsigned places;
	_Atomic uint64_t *networks; /* shared */
};

struct crowd *
crowd_open(unsigned places, struct fail *f)
{
	struct crowd *c;
	void *shared = mmap(NULL, places * sizeof(*c->networks),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		(void)fail_errno(f, EX_TEMPFAIL, "mmap");
		return NULL;
	}
	c = mem_alloc(sizeof(*c));
	c->places = places;
	c->networks = shared;
	return c;
}

void
crowd_close(struct crowd **c)
{
	if (*c == NULL)
		return;
	(void)munmap((void *)(*c)->networks,
	    (*c)->places * sizeof(*(*c)->networks));
	free(*c);
	*c = NULL;
}

void
crowd_set(struct crowd *c, unsigned place, uint64_t network)
{
	atomic_store(&c->networks[place], network);
}

unsigned
crowd_count(const struct crowd *c, uint64_t network)
{
	unsigned i, n = 0;

	for (i = 0; i < c->places; i++)
		n += atomic_load(&c->networks[i]) == network;
	return n;
}
