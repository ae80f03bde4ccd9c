/* SPDX-License-Identifier: ISC */
/* stsdns: what mta-sts asks the DNS. */
#ifndef STSDNS_H
#define STSDNS_H

#include "buf.h"
#include "stspolicy.h"

/*
 * Looks for the record of MTA-STS of "domain" (RFC 8461, 3.1), which has
 * A-labels, at the server "nameserver" (dns_server; NULL: as resolv.conf(5)
 * says): 1 with its id; 0 where there is none, or not exactly one that is
 * well-formed, and then "f" has a sentence; -1, EX_TEMPFAIL: no answer.  "note"
 * (or NULL) is shown what is asked, '>', and what comes, '<'.
 */
int stsdns_find(const char *nameserver, const char *domain,
    void (*note)(int, struct slice), char id[STSPOLICY_ID + 1],
    struct fail *f);

/* Adds the addresses of "host" to "to", with commas between them, and brackets
 * around those of IPv6; those beyond its maximum are left out.  0, or -1:
 * EX_TEMPFAIL, or EX_NOHOST where there are none. */
int stsdns_addresses(const char *nameserver, const char *host, struct buf *to,
    struct fail *f);

#endif
