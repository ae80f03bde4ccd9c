/* SPDX-License-Identifier: ISC */
/* dane: by what a mail server is to be known; see dane.h. */

#include <stdio.h>
#include <string.h>

#include "dane.h"

enum { /* RFC 6698, 7.2 to 7.4 */
	USAGE_TA = 2,
	USAGE_EE = 3,
	SELECTOR_KEY = 1,
	WHOLE = 0,
	SHA256 = 1,
	SHA512 = 2,
};

/* DER of one SEQUENCE and nothing else, as certificates and keys are. */
static int
is_der(struct slice data)
{
	size_t n = 0;
	int size;

	if (slice_getc(&data) != 0x30 || (size = slice_getc(&data)) == -1)
		return 0;
	if (size < 0x80)
		return data.n == (size_t)size;
	size -= 0x80;
	if (size == 0 || size > 2) /* an answer has no more than 64 KiB */
		return 0;
	for (; size > 0 && data.n > 0; size--)
		n = n << 8 | (unsigned)slice_getc(&data);
	return size == 0 && data.n == n;
}

/* Usages 0 and 1 ask for authorities that mail servers do not agree on (RFC
 * 7672, 3.1.3). */
static int
is_usable(const struct dns_record *r)
{
	if (r->usage != USAGE_TA && r->usage != USAGE_EE)
		return 0;
	if (r->selector > SELECTOR_KEY)
		return 0;
	switch (r->matching) {
	case WHOLE:
		return is_der(r->data);
	case SHA256:
		return r->data.n == 32;
	case SHA512:
		return r->data.n == 64;
	default:
		return 0;
	}
}

static int
compare(const struct dns_record *a, const struct dns_record *b)
{
	size_t n = a->data.n < b->data.n ? a->data.n : b->data.n;

	if (a->usage != b->usage)
		return a->usage < b->usage ? -1 : 1;
	if (a->selector != b->selector)
		return a->selector < b->selector ? -1 : 1;
	if (a->matching != b->matching)
		return a->matching < b->matching ? -1 : 1;
	if (a->data.n != b->data.n)
		return a->data.n < b->data.n ? -1 : 1;
	return memcmp(a->data.p, b->data.p, n);
}

static void
add_record(struct dane *d, const struct dns_record *r)
{
	struct dns_record one = *r;
	size_t i;

	one.data = arena_slice(&d->arena, r->data);
	for (i = d->n++; i > 0 && compare(&d->record[i - 1], &one) > 0; i--)
		d->record[i] = d->record[i - 1];
	d->record[i] = one;
}

static void
add_name(struct dane *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->names; i++)
		if (slice_caseeq(slice_str(d->name[i]), slice_str(name)))
			return;
	if (d->names < DANE_NAMES)
		d->name[d->names++] = arena_str(&d->arena, slice_str(name));
}

/* The names of RFC 7672, 3.2.2, of which a certificate has one. */
static void
add_names(const struct dane_query *q, const char *base, struct dane *d)
{
	add_name(d, base);
	if (q->mx != NULL) {
		add_name(d, q->mx->domain);
		add_name(d, q->mx->canonical);
	} else {
		add_name(d, q->host);
	}
}

/* The records of one base domain. */
static enum dane_result
look_up(const struct dane_query *q, const char *base, struct dane *d,
    struct fail *f)
{
	struct dns_query ask = { q->nameserver, SLICE(""), DNS_TLSA };
	enum dane_result rc = DANE_NONE;
	struct dns_answer a;
	enum dns_result found;
	char name[DNS_NAME + sizeof("_65535._tcp.")];
	size_t i;

	(void)snprintf(name, sizeof(name), "_%.5s._tcp.%s", q->port, base);
	ask.name = slice_str(name);
	found = dns_find(&ask, &a, f);
	if (found == DNS_FAILED) {
		rc = DANE_FAILED;
	} else if (found == DNS_FOUND && a.secure) {
		for (i = 0; i < a.n; i++)
			if (is_usable(&a.record[i]))
				add_record(d, &a.record[i]);
		add_names(q, base, d);
		rc = d->n > 0 ? DANE_USABLE : DANE_UNUSABLE;
	}
	dns_free(&a);
	return rc;
}

/* 1 where "host" is an alias by a record that DNSSEC vouches for, wherever that
 * leads to; 0 where not; -1 as dns_find. */
static int
is_secure_alias(const struct dane_query *q, struct fail *f)
{
	struct dns_query ask = { q->nameserver, slice_str(q->host),
		DNS_CNAME };
	struct dns_answer a;
	enum dns_result found = dns_find(&ask, &a, f);
	int secure = found == DNS_FOUND && a.secure;

	dns_free(&a);
	return found == DNS_FAILED ? -1 : secure;
}

enum dane_result
dane_find(const struct dane_query *q, struct dane *d, struct fail *f)
{
	const char *name = q->addresses->name;
	enum dane_result rc = DANE_NONE;
	int is_alias, secure = q->addresses->secure;

	memset(d, 0, sizeof(*d));
	if ((q->mx != NULL && !q->mx->secure) || !dns_is_host(slice_str(name)))
		return DANE_NONE;
	is_alias = !slice_caseeq(slice_str(name), slice_str(q->host));
	if (secure)
		rc = look_up(q, name, d, f);
	if (rc != DANE_NONE || !is_alias)
		return rc;
	/* An alias that leads out of what is signed (RFC 7672, 2.2.2). */
	if (!secure && (secure = is_secure_alias(q, f)) != 1)
		return secure == -1 ? DANE_FAILED : DANE_NONE;
	return look_up(q, q->host, d, f);
}

void
dane_free(struct dane *d)
{
	arena_free(&d->arena);
	memset(d, 0, sizeof(*d));
}
