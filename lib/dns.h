/* SPDX-License-Identifier: ISC */
/* dns: what the Domain Name System says, over libresolv.  For now: MX. */
#ifndef DNS_H
#define DNS_H

#include <netinet/in.h>

#include "fail.h"
#include "mem.h"

enum { DNS_RECORDS = 100 }; /* of one answer; more are left out */

struct dns_mx {
	struct {
		unsigned preference;
		const char *host; /* "" is the root: a null MX (RFC 7505) */
	} record[DNS_RECORDS];
	size_t n;
	struct arena arena; /* of the names; arena_free it */
};

enum dns_result {
	DNS_FAILED = -1, /* EX_TEMPFAIL: no answer that says anything; or as
			    idn_to_ascii, for a name in UTF-8 */
	DNS_NONE = 0,	 /* there is no such name, or it has no such record */
	DNS_FOUND = 1,
};

/*
 * Reads "address" or "address:port", an IPv4 address in numbers, which is port
 * 53 by default: 0, or -1.
 */
int dns_server(const char *text, struct sockaddr_in *to);

/*
 * Looks up the MX records of "domain", which may have U-labels (idn.h), at the
 * server "nameserver" (dns_server; NULL: as resolv.conf(5) says), by no other
 * name than that.  It takes 20 seconds at most.
 */
enum dns_result dns_find_mx(const char *nameserver, struct slice domain,
    struct dns_mx *mx, struct fail *f);

/* The same from an answer (RFC 1035, 4): DNS_FAILED where it is none. */
enum dns_result dns_read_mx(struct slice answer, struct dns_mx *mx);

/* 1 where they say that the domain takes no mail (RFC 7505, 3). */
int dns_is_null_mx(const struct dns_mx *mx);

#endif
