/* SPDX-License-Identifier: ISC */
/* stslookup: the MTA-STS policy of a domain that counts now (RFC 8461, 3.3 and
 * 5.1): of the cache, or fetched. */
#ifndef STSLOOKUP_H
#define STSLOOKUP_H

#include "stscache.h"
#include "stsfetch.h"

struct stslookup {
	struct stsfetch fetch;
	int cache;   /* descriptor of the directory; -1: there is none */
	int offline; /* of the cache alone */
};

/*
 * Looks for the policy of "domain" (stscache_is_domain): 1 with it; 0 where
 * there is none; -1, EX_TEMPFAIL: it could not be fetched, and the cache has
 * none that counts.  Otherwise f->class is set where there is something to be
 * said: why a policy of the cache could not be renewed, why a record is none.
 */
int stslookup_find(const struct stslookup *l, const char *domain,
    struct stscache_entry *e, struct fail *f);

#endif
