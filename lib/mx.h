/* SPDX-License-Identifier: ISC */
/*
 * mx: the hosts that take the mail of a domain, in the order to try them
 * (RFC 5321, 5.1; RFC 7505).  Their addresses: dns_find_addresses (EX_NOHOST
 * is 5.4.4, EX_TEMPFAIL 4.4.3: the next host is to be tried after either).
 */
#ifndef MX_H
#define MX_H

#include "dns.h"

enum {
	MX_HOSTS = 20, /* of one domain; those that come last are left out */
};

struct mx_query {
	const char *nameserver; /* dns_server; NULL: as resolv.conf(5) says */
	struct slice domain;	/* may have U-labels; not a literal */
	const char *self;	/* our own name; NULL: there is none */
};

struct mx_host {
	const char *name; /* dns_is_host; no dot at its end */
	unsigned preference;
};

struct mx {
	const char *domain;    /* as it was looked up: A-labels, lower case, no
				  dot at its end */
	const char *canonical; /* where its CNAMEs led; the same as a rule */
	int implicit; /* no MX: the host is the domain itself, preference 0 */
	int secure;   /* DNSSEC vouches for the MX records, or for that there
			 are none (dns.h) */
	struct mx_host host[MX_HOSTS]; /* in the order to try */
	size_t n;     /* one or more where mx_find returned 0 */
	size_t left_out; /* records that are no host's name, or too many */
	const char *enhanced; /* after a failure (RFC 3463); else NULL */
	struct arena arena; /* of all that it points to */
};

/*
 * Looks up who takes the mail: by preference, equal ones in an order of chance.
 * Where we are one of them, only those of a lower preference number are left.
 * Who is an address, or cannot be the name of a host, is left out.  0, or -1:
 *
 *	EX_NOHOST	5.1.2	no such domain, or none that DNS could have
 *	EX_NOHOST	5.4.4	it has MX records, and none names a host
 *	EX_UNAVAILABLE	5.1.10	a null MX: it takes no mail
 *	EX_UNAVAILABLE	5.4.6	we are the best of them: a loop
 *	EX_TEMPFAIL	4.4.3	no answer from the DNS
 *	EX_TEMPFAIL	4.3.5	a name in UTF-8, and no libidn2
 *
 * That a domain without MX has an address, too, is for the caller to see.
 * "mx" is to be freed whatever came out.
 */
int mx_find(const struct mx_query *q, struct mx *mx, struct fail *f);

void mx_free(struct mx *mx);

#endif
