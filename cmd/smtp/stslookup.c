/* SPDX-License-Identifier: ISC */
/* stslookup: the policy of a domain that counts now; see stslookup.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "stsdns.h"
#include "stslookup.h"

enum {
	FRESH = 86400, /* seconds that nothing is fetched for unless the id is
			  another: once a day (RFC 8461, 3.3, 10.2) */
	AGAIN = 300,   /* until it is tried again after a failure (3.3) */
};

/* Is "then" no longer ago than that?  A clock that was set back counts for
 * nothing. */
static int
is_recent(int64_t then, int64_t now, int64_t seconds)
{
	return then > 0 && then <= now && now - then < seconds;
}

/* What could not be kept is said, but only where nothing else is. */
static void
keep(const struct stslookup *l, const char *domain,
    const struct stscache_entry *e, struct fail *f)
{
	struct fail unsaid = { 0 };

	if (l->cache != -1 &&
	    stscache_save(l->cache, domain, e, &unsaid) == -1 &&
	    f->class == 0)
		*f = unsaid;
}

static int
fetch(const struct stslookup *l, const char *domain, const char *id,
    struct stscache_entry *e, struct fail *f)
{
	struct stscache_entry *fresh = mem_alloc(sizeof(*fresh));
	struct buf text = BUF(STSPOLICY_TEXT);
	int rc = stsfetch_get(&l->fetch, domain, &text, f);

	if (rc == 0) {
		memcpy(fresh->text, text.p, text.n);
		fresh->n = text.n;
		rc = stspolicy_parse((struct slice){ fresh->text, text.n },
		    &fresh->policy, f);
	}
	if (rc == 0) {
		fresh->fetched = time(NULL);
		fresh->expires = fresh->fetched + fresh->policy.max_age;
		(void)snprintf(fresh->id, sizeof(fresh->id), "%s", id);
		*e = *fresh;
		(void)stspolicy_parse((struct slice){ e->text, e->n },
		    &e->policy, f);
	} else {
		f->class = EX_TEMPFAIL;
		e->tried = time(NULL);
		(void)snprintf(e->why, sizeof(e->why), "%.255s",
		    f->text);
	}
	keep(l, domain, e, f);
	buf_free(&text);
	free(fresh);
	return rc;
}

/* The record says that there is a policy with that id. */
static int
refresh(const struct stslookup *l, const char *domain, const char *id,
    struct stscache_entry *e, struct fail *f)
{
	int64_t now = time(NULL);

	if (e->expires > now && strcmp(id, e->id) == 0 &&
	    is_recent(e->fetched, now, FRESH))
		return 0;
	if (is_recent(e->tried, now, AGAIN))
		return fail_set(f, EX_TEMPFAIL, "%s (%lld seconds ago)",
		    e->why, (long long)(now - e->tried));
	return fetch(l, domain, id, e, f);
}

int
stslookup_find(const struct stslookup *l, const char *domain,
    struct stscache_entry *e, struct fail *f)
{
	char id[STSPOLICY_ID + 1];
	int rc, counts;

	if (l->cache == -1 || stscache_load(l->cache, domain, e, f) == 0)
		memset(e, 0, sizeof(*e));
	counts = e->expires > time(NULL);
	if (l->offline)
		return counts;
	rc = stsdns_find(l->fetch.nameserver, domain, l->fetch.note, id, f);
	if (rc == 1 && (rc = refresh(l, domain, id, e, f)) == 0)
		return 1;
	if (!counts)
		return rc;
	/* Whoever takes the record away, or the web server, takes no policy
	 * away (5.1); who fetches is to learn of it, but where it says
	 * nothing (3.3). */
	if (rc == 0 && f->class == 0)
		(void)fail_set(f, EX_TEMPFAIL, "no record _mta-sts");
	if (e->policy.mode == STSPOLICY_NONE)
		f->class = 0;
	return 1;
}
