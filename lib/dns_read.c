/* SPDX-License-Identifier: ISC */
/* dns: what an answer says; see dns.h. */

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#include "dns.h"

enum { /* of the flags in an answer's header (RFC 1035, 4.1.1; RFC 4035, 3) */
	RCODE = 0x000f,
	AUTHENTIC = 0x0020,
};

/* Takes "n" bytes, up to four, as a number. */
static int
take_number(struct slice *s, size_t n, unsigned *number)
{
	struct slice bytes;
	int c;

	if (slice_take(s, n, &bytes) == -1)
		return -1;
	*number = 0;
	while ((c = slice_getc(&bytes)) != -1)
		*number = *number << 8 | (unsigned)c;
	return 0;
}

/* Takes a name; libresolv follows its pointers, and never twice the same. */
static int
take_name(struct slice *s, struct slice answer, char name[DNS_NAME])
{
	const unsigned char *start = (const unsigned char *)answer.p;
	int n;

	if (s->n == 0 || (n = dn_expand(start, start + answer.n,
	    (const unsigned char *)s->p, name, DNS_NAME)) < 0 ||
	    (size_t)n > s->n)
		return -1;
	*s = slice_sub(*s, (size_t)n, s->n);
	return 0;
}

/* One record of an answer (RFC 1035, 4.1.3). */
struct raw {
	char owner[DNS_NAME];
	unsigned type, class;
	struct slice data;
};

static int
take_raw(struct slice *rest, struct slice answer, struct raw *r)
{
	unsigned ttl, n;

	return take_name(rest, answer, r->owner) == -1 ||
	    take_number(rest, 2, &r->type) == -1 ||
	    take_number(rest, 2, &r->class) == -1 ||
	    take_number(rest, 4, &ttl) == -1 ||
	    take_number(rest, 2, &n) == -1 ||
	    slice_take(rest, n, &r->data) == -1 ? -1 : 0;
}

static int
read_host(struct slice data, struct slice answer, struct dns_answer *a,
    struct dns_record *to)
{
	char host[DNS_NAME];

	if (take_name(&data, answer, host) == -1)
		return -1;
	to->host = arena_str(&a->arena, slice_str(host));
	return 0;
}

/* The strings of a TXT record in one (RFC 1035, 3.3.14; RFC 7208, 3.3). */
static int
read_strings(struct slice data, struct dns_answer *a, struct dns_record *to)
{
	char *text = arena_alloc(&a->arena, data.n + 1);
	struct slice one;
	size_t n = 0;
	int size;

	while ((size = slice_getc(&data)) != -1) {
		if (slice_take(&data, (size_t)size, &one) == -1)
			return -1;
		if (one.n > 0)
			memcpy(text + n, one.p, one.n);
		n += one.n;
	}
	to->data = (struct slice){ text, n };
	return 0;
}

static int
read_tlsa(struct slice data, struct dns_answer *a, struct dns_record *to)
{
	unsigned usage, selector, matching;

	if (take_number(&data, 1, &usage) == -1 ||
	    take_number(&data, 1, &selector) == -1 ||
	    take_number(&data, 1, &matching) == -1)
		return -1;
	to->usage = (unsigned char)usage;
	to->selector = (unsigned char)selector;
	to->matching = (unsigned char)matching;
	to->data = arena_slice(&a->arena, data);
	return 0;
}

static int
read_data(const struct raw *r, struct slice answer, struct dns_answer *a,
    struct dns_record *to)
{
	struct slice data = r->data;

	switch (r->type) {
	case DNS_A:
	case DNS_AAAA:
		to->data = arena_slice(&a->arena, data);
		return data.n == (r->type == DNS_A ? 4 : 16) ? 0 : -1;
	case DNS_MX:
		if (take_number(&data, 2, &to->preference) == -1)
			return -1;
		return read_host(data, answer, a, to);
	case DNS_CNAME:
		return read_host(data, answer, a, to);
	case DNS_TXT:
		return read_strings(data, a, to);
	case DNS_TLSA:
		return read_tlsa(data, a, to);
	default:
		return -1;
	}
}

/* What is wanted of an answer, and the names on the way to it. */
struct reading {
	struct slice answer;
	struct slice records; /* from the first on */
	unsigned n;	      /* of them */
	enum dns_type type;
	char name[DNS_NAME];
};

/* The next CNAME from where we are: 1, 0 where there is none, -1. */
static int
follow(struct reading *r)
{
	struct slice rest = r->records;
	struct raw raw;
	unsigned i;

	for (i = 0; i < r->n; i++) {
		if (take_raw(&rest, r->answer, &raw) == -1)
			return -1;
		if (raw.type == DNS_CNAME && raw.class == ns_c_in &&
		    slice_caseeq(slice_str(raw.owner), slice_str(r->name)))
			return take_name(&raw.data, r->answer, r->name) == -1 ?
			    -1 : 1;
	}
	return 0;
}

static int
collect(const struct reading *r, struct dns_answer *a)
{
	struct slice rest = r->records;
	struct raw raw;
	unsigned i;

	for (i = 0; i < r->n; i++) {
		if (take_raw(&rest, r->answer, &raw) == -1)
			return -1;
		if (raw.type != (unsigned)r->type || raw.class != ns_c_in ||
		    !slice_caseeq(slice_str(raw.owner), slice_str(r->name)))
			continue;
		if (a->n == DNS_RECORDS || read_data(&raw, r->answer, a,
		    &a->record[a->n]) == -1)
			a->left_out++;
		else
			a->n++;
	}
	return 0;
}

/* By hand: what libresolv has for it costs each process another library. */
static enum dns_result
read_answer(struct reading *r, struct dns_answer *a)
{
	unsigned id, flags, questions, others;
	struct slice rest = r->answer;
	int i, more = 1;

	if (take_number(&rest, 2, &id) == -1 ||
	    take_number(&rest, 2, &flags) == -1 ||
	    take_number(&rest, 2, &questions) == -1 || questions != 1 ||
	    take_number(&rest, 2, &r->n) == -1 ||
	    take_number(&rest, 4, &others) == -1 ||
	    take_name(&rest, r->answer, r->name) == -1 ||
	    take_number(&rest, 4, &others) == -1)
		return DNS_FAILED;
	r->records = rest;
	a->secure = (flags & AUTHENTIC) != 0;
	for (i = 0; r->type != DNS_CNAME && more == 1; i++)
		if (i > DNS_CNAMES || (more = follow(r)) == -1)
			return DNS_FAILED;
	if ((flags & RCODE) != ns_r_noerror)
		return (flags & RCODE) == ns_r_nxdomain ? DNS_NO_NAME :
		    DNS_FAILED;
	/* That they cannot be read does not mean that there are none. */
	if (collect(r, a) == -1 || (a->n == 0 && a->left_out > 0))
		return DNS_FAILED;
	return a->n > 0 ? DNS_FOUND : DNS_NO_RECORD;
}

enum dns_result
dns_read(struct slice answer, enum dns_type type, struct dns_answer *a)
{
	struct reading r = { .answer = answer, .type = type };
	enum dns_result rc;

	*a = (struct dns_answer){ .name = "" };
	rc = read_answer(&r, a);
	a->name = arena_str(&a->arena, slice_str(r.name));
	if (rc == DNS_FAILED)
		a->n = 0;
	return rc;
}

void
dns_free(struct dns_answer *a)
{
	arena_free(&a->arena);
	*a = (struct dns_answer){ .name = "" };
}

int
dns_is_null_mx(const struct dns_answer *mx)
{
	return mx->n == 1 && mx->left_out == 0 &&
	    mx->record[0].host[0] == '\0';
}

int
dns_is_host(struct slice name)
{
	struct slice label;
	int more, c, alphabetic = 0;

	if (slice_ends(name, SLICE(".")))
		name.n--;
	if (name.n == 0 || name.n > 253)
		return 0;
	do {
		more = slice_until(&name, '.', &label);
		if (label.n == 0 || label.n > 63)
			return 0;
		/* A last label of digits alone is an address's. */
		for (alphabetic = 0; (c = slice_getc(&label)) != -1;) {
			if (c < '0' || c > '9')
				alphabetic = 1;
			if ((c < '0' || c > '9') && c != '-' && c != '_' &&
			    (slice_lower(c) < 'a' || slice_lower(c) > 'z'))
				return 0;
		}
	} while (more);
	return alphabetic;
}
