/* SPDX-License-Identifier: ISC */
/* mx: the hosts that take the mail of a domain; see mx.h. */

#include <stdlib.h>
#include <string.h>

#include "idn.h"
#include "mx.h"
#include "text.h"

/* A failure for the reason of that enhanced status code. */
static int
give_up(struct mx *mx, const char *enhanced)
{
	mx->enhanced = enhanced;
	mx->n = 0;
	return -1;
}

/* "name" as it is compared and shown: lower case, no dot at its end. */
static const char *
canonical(struct arena *a, struct slice name)
{
	char *to = arena_str(a, name);
	size_t i;

	for (i = 0; to[i] != '\0'; i++)
		to[i] = (char)slice_lower((unsigned char)to[i]);
	if (i > 1 && to[i - 1] == '.')
		to[i - 1] = '\0';
	return to;
}

/* Fisher and Yates: any order is as likely as another. */
static void
shuffle(struct dns_answer *a)
{
	struct dns_record one;
	uint32_t k;
	size_t i;

	for (i = a->n; i > 1; i--) {
		k = arc4random_uniform((uint32_t)i);
		one = a->record[i - 1];
		a->record[i - 1] = a->record[k];
		a->record[k] = one;
	}
}

/* Insertion keeps the order of chance where preferences are equal. */
static void
sort(struct dns_answer *a)
{
	struct dns_record one;
	size_t i, k;

	for (i = 1; i < a->n; i++) {
		one = a->record[i];
		for (k = i; k > 0 &&
		    a->record[k - 1].preference > one.preference; k--)
			a->record[k] = a->record[k - 1];
		a->record[k] = one;
	}
}

static int
is_self(const struct mx_query *q, const char *host)
{
	struct slice self;

	if (q->self == NULL)
		return 0;
	self = slice_str(q->self);
	if (self.n > 1 && slice_ends(self, SLICE(".")))
		self.n--;
	return idn_same(self, slice_str(host));
}

/* The preference from which on hosts would send to us: our own. */
static unsigned
ours(const struct mx_query *q, const struct dns_answer *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (is_self(q, a->record[i].host))
			return a->record[i].preference;
	return ~0U;
}

static int
add_host(struct mx *mx, const char *name, unsigned preference)
{
	if (mx->n == MX_HOSTS || !dns_is_host(slice_str(name)))
		return -1;
	mx->host[mx->n++] = (struct mx_host){
		canonical(&mx->arena, slice_str(name)), preference };
	return 0;
}

static int
loop(struct mx *mx, struct fail *f)
{
	(void)fail_set(f, EX_UNAVAILABLE, "%s: the mail loops: we are its best "
	    "MX, and do not take it", mx->domain);
	return give_up(mx, "5.4.6");
}

static int
add_hosts(const struct mx_query *q, struct dns_answer *a, struct mx *mx,
    struct fail *f)
{
	unsigned end;
	size_t i;

	if (dns_is_null_mx(a)) {
		(void)fail_set(f, EX_UNAVAILABLE,
		    "%s: it takes no mail (null MX)", mx->domain);
		return give_up(mx, "5.1.10");
	}
	shuffle(a);
	sort(a);
	end = ours(q, a);
	mx->left_out = a->left_out;
	for (i = 0; i < a->n && a->record[i].preference < end; i++)
		if (add_host(mx, a->record[i].host,
		    a->record[i].preference) == -1)
			mx->left_out++;
	if (mx->n > 0)
		return 0;
	if (end != ~0U)
		return loop(mx, f);
	(void)fail_set(f, EX_NOHOST, "%s: none of its MX is the name of a host",
	    mx->domain);
	return give_up(mx, "5.4.4");
}

/* No MX (RFC 5321, 5.1): the domain is its own host. */
static int
add_itself(const struct mx_query *q, struct mx *mx, struct fail *f)
{
	mx->implicit = 1;
	if (is_self(q, mx->domain) || is_self(q, mx->canonical))
		return loop(mx, f);
	return add_host(mx, mx->domain, 0);
}

/* The name to ask for; -1 where there is none. */
static int
name_domain(const struct mx_query *q, struct mx *mx, struct fail *f)
{
	char name[IDN_DOMAIN];

	mx->domain = mx->canonical = "";
	if (idn_to_ascii(q->domain, name, f) == -1) {
		if (f->class == EX_UNAVAILABLE) { /* of this machine, now */
			f->class = EX_TEMPFAIL;
			return give_up(mx, "4.3.5");
		}
		f->class = EX_NOHOST;
		return give_up(mx, "5.1.2");
	}
	mx->domain = mx->canonical = canonical(&mx->arena, slice_str(name));
	return 0;
}

int
mx_find(const struct mx_query *q, struct mx *mx, struct fail *f)
{
	struct dns_query ask = { q->nameserver, SLICE(""), DNS_MX };
	struct dns_answer a;
	enum dns_result found;
	int rc;

	memset(mx, 0, sizeof(*mx));
	if (name_domain(q, mx, f) == -1)
		return -1;
	ask.name = slice_str(mx->domain);
	found = dns_find(&ask, &a, f);
	mx->secure = a.secure;
	if (a.name[0] != '\0')
		mx->canonical = canonical(&mx->arena, slice_str(a.name));
	if (found == DNS_FOUND)
		rc = add_hosts(q, &a, mx, f);
	else if (found == DNS_NO_RECORD)
		rc = add_itself(q, mx, f);
	else
		rc = give_up(mx, found == DNS_NO_NAME ? "5.1.2" : "4.4.3");
	dns_free(&a);
	return rc;
}

void
mx_free(struct mx *mx)
{
	arena_free(&mx->arena);
	memset(mx, 0, sizeof(*mx));
}
