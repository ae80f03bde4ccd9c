/* SPDX-License-Identifier: ISC */
/*
 * route: the hosts that take the mail of a domain, for mx:// (RFC 5321, 5), and
 * what TLS has to be with each: by DANE (RFC 7672), else by the policy of
 * MTA-STS (RFC 8461), else what there is.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "dane.h"
#include "letter.h"
#include "secure.h"
#include "stsask.h"

struct route { /* zeroed */
	/* Set by the caller: */
	const char *nameserver; /* dns_server; NULL: as it is configured */
	struct stsask sts;	/* its "use" */
	int trace;
	/* Its own: */
	int found;
	struct mx mx;
	struct fail gone[MX_HOSTS]; /* why a host is used no more; class 0:
				   it may be */
	int asked;		/* for the policy of MTA-STS */
	struct dns_addresses addresses; /* of the host in hand */
	struct dane dane;
	enum dane_result known;
};

/* Finds the hosts of "domain"; "self" is our own name, or empty.  What was
 * found once stays.  0, or -1 as mx_find, with r->mx.enhanced. */
int route_find(struct route *r, const char *domain, const char *self,
    struct fail *f);

/*
 * Makes host "i" the next server of "s", with the TLS that a letter needs.  0,
 * and then r->addresses has at least one; or -1: EX_NOHOST (it has no address),
 * EX_TEMPFAIL (no answer of the DNS, or its policy forbids it), EX_UNAVAILABLE
 * (nobody vouches for the host, which is to be known).
 */
struct route_need {
	const char *port;
	enum letter_tls tls;
};
int route_choose(struct route *r, size_t i, const struct route_need *need,
    struct secure *s, struct fail *f);

void route_free(struct route *r);

#endif
