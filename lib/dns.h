/* SPDX-License-Identifier: ISC */
/*
 * dns: what the Domain Name System says, over libresolv: one question at a
 * time, the CNAMEs of its answer followed, and whether DNSSEC vouches for it.
 */
#ifndef DNS_H
#define DNS_H

#include <netinet/in.h>

#include "fail.h"
#include "mem.h"

enum {
	DNS_RECORDS = 100,  /* of one answer; more are left out */
	DNS_CNAMES = 16,    /* followed within one answer; more are a loop */
	DNS_FURTHER = 4,    /* more questions: an answer ends in a CNAME */
	DNS_ADDRESSES = 20, /* of one host: 10 of each family */
	DNS_NAME = 1025,    /* room for a name, as libresolv writes it */
};

enum dns_type { /* as in the answer (RFC 1035, 3.2.2; RFC 6698, 7.1) */
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
};

enum dns_result {
	DNS_FAILED = -1,   /* EX_TEMPFAIL: no answer that says anything
			      (timeout, SERVFAIL, a broken one, CNAMEs without
			      end); or as idn_to_ascii, for a name in UTF-8 */
	DNS_NO_NAME = 0,   /* EX_NOHOST: there is no such name (NXDOMAIN), or
			      it is none that the DNS could have */
	DNS_NO_RECORD = 1, /* EX_NOHOST: it has no such record */
	DNS_FOUND = 2,
};

union dns_server {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct dns_query {
	const char *nameserver; /* dns_server; NULL: as resolv.conf(5) says */
	struct slice name;	/* by no other name than that; may have
				   U-labels (idn.h), and the root's dot */
	enum dns_type type;
};

struct dns_record {
	unsigned preference;	/* MX */
	const char *host;	/* MX, CNAME: a name, as libresolv writes it:
				   any byte may be in it, escaped, and it need
				   be no host's; "" is the root */
	unsigned char usage, selector, matching; /* TLSA (RFC 6698, 2.1) */
	struct slice data;	/* A, AAAA: 4 or 16 bytes; TXT: its strings in
				   one; TLSA: the association data.  Any byte */
};

struct dns_answer {
	const char *name; /* where the CNAMEs led to: the name that has the
			     records; never NULL */
	int secure;	  /* DNSSEC vouches for all of it, also for that there
			     is nothing: the AD bit of a resolver that is on
			     a loopback address, and was asked for it */
	struct dns_record record[DNS_RECORDS];
	size_t n;
	size_t left_out;  /* what did not fit, or was no such record */
	struct arena arena; /* of all that it points to; dns_free it */
};

/*
 * Reads "address" or "address:port", an address in numbers, IPv4 or IPv6 in
 * brackets, "[::1]:5353"; port 53 by default: 0, or -1.
 */
int dns_server(const char *text, union dns_server *to);

/*
 * Asks, and fills "f" for all but DNS_FOUND.  An answer that was cut comes by
 * TCP.  A CNAME whose target the answer does not have leads to a further
 * question.  It takes 20 seconds at most for each.  "a" is to be freed whatever
 * comes out.
 */
enum dns_result dns_find(const struct dns_query *q, struct dns_answer *a,
    struct fail *f);

/* The same from an answer to one question (RFC 1035, 4): DNS_FAILED where it is
 * none.  "a" is to be freed. */
enum dns_result dns_read(struct slice answer, enum dns_type type,
    struct dns_answer *a);

void dns_free(struct dns_answer *a);

/* 1 where the MX records say that the domain takes no mail (RFC 7505, 3). */
int dns_is_null_mx(const struct dns_answer *mx);

/* 1 where "name" can be a host's: letters, digits, hyphens and underscores in
 * labels of 1 to 63, 253 in all, a dot at the end or none; not an address. */
int dns_is_host(struct slice name);

struct dns_address {
	int family; /* AF_INET6, AF_INET */
	unsigned char bytes[16]; /* 16, or 4 */
};

struct dns_addresses {
	char name[DNS_NAME]; /* where the CNAMEs led to */
	int secure;	     /* DNSSEC vouches for all of them */
	struct dns_address address[DNS_ADDRESSES]; /* IPv6 ones first, the
			order of the answer otherwise: dial.h takes turns */
	size_t n;
	size_t left_out;
};

/*
 * Looks up the AAAA and A records of "host"; an address in numbers is itself,
 * without a question.  Where one of the two fails and the other is there, that
 * one counts.  DNS_NO_NAME and DNS_NO_RECORD (EX_NOHOST) where there are none,
 * DNS_FAILED as dns_find.  Nothing is to be freed.
 */
enum dns_result dns_find_addresses(const char *nameserver, struct slice host,
    struct dns_addresses *a, struct fail *f);

#endif
