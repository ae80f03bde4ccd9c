/* SPDX-License-Identifier: ISC */
/*
 * dane: by what certificates and keys a mail server is to be known, as its
 * domain says in the DNS, where DNSSEC vouches for that (RFC 7671, RFC 7672).
 * tlsclient.h verifies by it.
 */
#ifndef DANE_H
#define DANE_H

#include "dns.h"
#include "mx.h"

enum {
	DANE_NAMES = 4,
};

enum dane_result {
	DANE_FAILED = -1,  /* EX_TEMPFAIL: the DNS gives no answer to be
			      trusted (SERVFAIL, a bad signature): the mail
			      waits, or another host takes it */
	DANE_NONE = 0,	   /* DNSSEC does not vouch for the way to the host, or
			      it has no TLSA record: TLS where it is offered */
	DANE_UNUSABLE = 1, /* none of its records can be used: TLS is required,
			      whoever shows whatever certificate */
	DANE_USABLE = 2,   /* TLS is required, and verified by the records */
};

struct dane_query {
	const char *nameserver; /* dns_server; NULL: as resolv.conf(5) says */
	const struct mx *mx;	/* whose host it is; NULL: a person named it */
	const char *host;	/* the host's name, as in "mx" */
	const struct dns_addresses *addresses; /* of it, as found */
	const char *port;	/* digits */
};

/* What verifies a host.  A zeroed one is empty. */
struct dane {
	struct dns_record record[DNS_RECORDS]; /* of usage 2 and 3 alone, well
				   formed, in an order of their own, the same
				   for the same records */
	size_t n;
	const char *name[DANE_NAMES]; /* [0]: the TLSA base domain: what SNI
				   asks for.  All: one of them has to be in a
				   certificate that DANE-TA vouches for (RFC
				   7672, 3.2.2) */
	size_t names;
	struct arena arena; /* of all that it points to */
};

/*
 * Looks up the TLSA records at _PORT._tcp.HOST; where the host is an alias, at
 * the name it stands for, then at its own (RFC 7672, 2.2.2).  Nothing is asked
 * where the MX or the addresses are not secure.  "d" is to be freed whatever
 * comes out; it points into nothing of "q".
 */
enum dane_result dane_find(const struct dane_query *q, struct dane *d,
    struct fail *f);

void dane_free(struct dane *d);

#endif
