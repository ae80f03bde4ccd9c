/* SPDX-License-Identifier: ISC */
/* recipients: who a new message goes to, each once; see recipients.h. */

#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "limits.h"
#include "lines.h"
#include "nexthop.h"
#include "recipients.h"
#include "text.h"
#include "utf8.h"

/* An address taken apart. */
struct parts {
	struct slice local, domain;
	int here;
};

/* The domain of ours that it is: who has none, or the name of this host, is of
 * the first. */
static struct slice
our_domain(const struct conf *conf, struct slice domain)
{
	size_t i;

	for (i = 0; i < conf->ndomains; i++)
		if (addr_same_domain(domain, slice_str(conf->domains[i])))
			break;
	return slice_str(conf->domains[i < conf->ndomains ? i : 0]);
}

static struct parts
take_apart(const struct recipients *r, struct slice address)
{
	struct parts p = { .domain = addr_domain_of(address) };

	p.local = slice_sub(address, 0, address.n - p.domain.n -
	    (p.domain.n > 0));
	p.here = r->conf != NULL && nexthop_is_local(r->conf, address);
	if (p.here)
		p.domain = our_domain(r->conf, p.domain);
	return p;
}

/* Elsewhere only the domain may be compared without case (RFC 5321, 2.4). */
static int
is_same(const struct parts *a, const struct parts *b)
{
	return slice_caseeq(a->domain, b->domain) && (a->here ?
	    slice_caseeq(a->local, b->local) : slice_eq(a->local, b->local));
}

static int
is_there(const struct recipients *r, const struct parts *parts, uint64_t hash)
{
	struct lookup_cursor c = lookup_start(&r->by_address, hash);
	struct parts other;
	uint32_t i;

	while (lookup_next(&r->by_address, &c, &i)) {
		other = take_apart(r, r->to[i].address);
		if (is_same(parts, &other))
			return 1;
	}
	return 0;
}

int
recipients_add(struct recipients *r, struct slice address, struct fail *f)
{
	char text[ADDR_TEXT];
	struct parts parts;
	uint64_t hash;

	if (address.n == 0)
		return fail_set(f, EX_DATAERR, "an empty recipient is no mail "
		    "address");
	/* No user here is called so, and other programs would take it for a
	 * program or a file. */
	if (!spool_is_address(address) || (slice_find(address, '@') ==
	    address.n && strchr("|/:\"", slice_peek(address)) != NULL))
		return fail_set(f, EX_DATAERR, "%s: no mail address",
		    TEXT_SHOW(address));
	if (!utf8_ascii(address) && slice_find(address, '@') < address.n) {
		if (addr_to_ascii(address, text, f) == -1)
			return -1;
		address = slice_str(text);
	}
	parts = take_apart(r, address);
	hash = lookup_casehash(parts.local) ^
	    ~lookup_casehash(parts.domain);
	if (is_there(r, &parts, hash))
		return 0;
	if (r->n == LIMIT_SPOOL_RECIPIENTS)
		return fail_set(f, EX_DATAERR, "more than %d recipients",
		    LIMIT_SPOOL_RECIPIENTS);
	r->to = mem_grow(r->to, r->n, sizeof(*r->to));
	r->to[r->n] = (struct spool_to){ .notify = r->notify,
		.original = r->original,
		.address = arena_slice(&r->arena, address) };
	lookup_add(&r->by_address, hash, (uint32_t)r->n++);
	return 0;
}

int
recipients_read(struct recipients *r, const char *path, struct fail *f)
{
	struct lines l;
	struct slice line;
	int rc;

	rc = lines_open(&l, path, LIMIT_COMMAND, f) == -1 ? -1 : 1;
	while (rc == 1 && (rc = lines_next(&l, &line, f)) == 1) {
		line = slice_trim(line);
		if (line.n > 0 && recipients_add(r, line, f) == -1)
			rc = fail_at(f, path);
	}
	lines_close(&l);
	return rc;
}

void
recipients_free(struct recipients *r)
{
	free(r->to);
	lookup_free(&r->by_address);
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}
