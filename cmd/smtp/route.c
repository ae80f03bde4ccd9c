/* SPDX-License-Identifier: ISC */
/* route: the hosts that take the mail of a domain; see route.h. */

#include <stdio.h>
#include <string.h>

#include "route.h"

int
route_find(struct route *r, const char *domain, const char *self,
    struct fail *f)
{
	struct mx_query q = { r->nameserver, slice_str(domain),
		self[0] == '\0' ? NULL : self };

	if (r->found)
		return 0;
	mx_free(&r->mx);
	if (mx_find(&q, &r->mx, f) == -1)
		return -1;
	r->found = 1;
	return 0;
}

/* The policy of the domain, asked for once, and only where it counts. */
static int
ask_policy(struct route *r, struct fail *f)
{
	if (r->asked)
		return 0;
	r->sts.nameserver = r->nameserver;
	r->sts.trace = r->trace;
	stsask_free(&r->sts);
	if (stsask_run(&r->sts, r->mx.domain, f) == -1)
		return -1;
	r->asked = 1;
	if (r->trace)
		(void)fprintf(stderr, "* MTA-STS: %s\n",
		    stspolicy_name(r->sts.mode));
	return 0;
}

/* By MTA-STS, where DANE says nothing of whom to trust. */
static int
choose_by_policy(struct route *r, struct secure_host *h, enum letter_tls tls,
    struct fail *f)
{
	int matches;

	if (ask_policy(r, f) == -1)
		return -1;
	matches = r->sts.mode != STSPOLICY_NONE &&
	    stsask_matches(&r->sts, h->name);
	if (tls == LETTER_REQUIRED && !matches)
		return fail_set(f, EX_UNAVAILABLE, "%s: REQUIRETLS, and "
		    "neither DANE nor MTA-STS vouches for it", h->name);
	if (tls == LETTER_REQUIRED || (matches &&
	    r->sts.mode == STSPOLICY_ENFORCE))
		h->policy = SECURE_REQUIRE;
	else if (r->sts.mode == STSPOLICY_ENFORCE)
		return fail_set(f, EX_TEMPFAIL, "%s: it is none of those that "
		    "the MTA-STS policy allows", h->name);
	else if (r->trace && r->sts.mode == STSPOLICY_TESTING && !matches)
		(void)fprintf(stderr, "* MTA-STS, testing: %s is none of those "
		    "that it allows\n", h->name);
	return 0;
}

static int
choose_policy(struct route *r, struct secure_host *h,
    const struct route_need *need, struct fail *f)
{
	struct dane_query q = { r->nameserver, &r->mx, h->name, &r->addresses,
		need->port };

	h->policy = SECURE_MAY;
	if (need->tls == LETTER_RELAXED)
		return 0;
	r->known = dane_find(&q, &r->dane, f);
	switch (r->known) {
	case DANE_FAILED:
		return -1;
	case DANE_USABLE:
		h->policy = SECURE_REQUIRE;
		h->dane = &r->dane;
		return 0;
	case DANE_UNUSABLE:
		h->policy = SECURE_INSECURE;
		return choose_by_policy(r, h, need->tls, f);
	case DANE_NONE:
		break;
	}
	return choose_by_policy(r, h, need->tls, f);
}

int
route_choose(struct route *r, size_t i, const struct route_need *need,
    struct secure *s, struct fail *f)
{
	struct secure_host h = { r->mx.host[i].name, need->port, s->policy,
		NULL };
	struct slice name = slice_str(h.name);

	/* Its session is over, which the records were for. */
	secure_choose(s, &h);
	dane_free(&r->dane);
	if (dns_find_addresses(r->nameserver, name, &r->addresses, f) !=
	    DNS_FOUND)
		return -1;
	if (s->automatic && choose_policy(r, &h, need, f) == -1)
		return -1;
	secure_choose(s, &h);
	return 0;
}

void
route_free(struct route *r)
{
	mx_free(&r->mx);
	dane_free(&r->dane);
	stsask_free(&r->sts);
}
