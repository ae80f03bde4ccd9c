/* SPDX-License-Identifier: ISC */
/* summary: how much waits for each domain; see summary.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "summary.h"
#include "text.h"

struct summary_domain {
	struct slice name; /* in lower case; empty: users here */
	uint64_t messages, recipients;
	int64_t oldest;	   /* arrival of a message */
	uint64_t last;	   /* number of the message that was counted */
};

static struct summary_domain *
find(struct summary *s, struct slice name)
{
	uint64_t hash = lookup_casehash(name);
	struct lookup_cursor c = lookup_start(&s->by_name, hash);
	struct summary_domain *d;
	char *copy;
	uint32_t at;
	size_t i;

	while (lookup_next(&s->by_name, &c, &at))
		if (slice_caseeq(s->domains[at].name, name))
			return &s->domains[at];
	copy = arena_str(&s->arena, name);
	for (i = 0; i < name.n; i++)
		copy[i] = (char)slice_lower(copy[i]);
	s->domains = mem_grow(s->domains, s->n, sizeof(*s->domains));
	lookup_add(&s->by_name, hash, (uint32_t)s->n);
	d = &s->domains[s->n++];
	*d = (struct summary_domain){ .name = { copy, name.n },
		.oldest = INT64_MAX };
	return d;
}

void
summary_add(struct summary *s, const struct spoolfile *m)
{
	struct summary_domain *d;
	size_t i, at;

	s->messages++;
	for (i = 0; i < m->nto; i++) {
		struct slice address = m->to[i].to.address;

		if (m->to[i].settled)
			continue;
		for (at = address.n; at > 0 && address.p[at - 1] != '@'; at--)
			;
		d = find(s, at == 0 ? SLICE("") :
		    slice_sub(address, at, address.n));
		d->recipients++;
		if (d->last == s->messages)
			continue;
		d->last = s->messages;
		d->messages++;
		if (m->envelope.arrival < d->oldest)
			d->oldest = m->envelope.arrival;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct summary_domain *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int order;

	if (x->recipients != y->recipients)
		return x->recipients > y->recipients ? -1 : 1;
	order = n == 0 ? 0 : memcmp(x->name.p, y->name.p, n);
	return order != 0 ? order : x->name.n < y->name.n ? -1 : 1;
}

static void
show_json(const struct summary_domain *d, int64_t age, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, '{');
	json_string_or_null(&j, "domain", d->name);
	json_key(&j, "messages");
	json_uint(&j, d->messages);
	json_key(&j, "recipients");
	json_uint(&j, d->recipients);
	json_key(&j, "age");
	json_uint(&j, (uint64_t)age);
	json_close(&j, '}');
}

static void
show_columns(const struct summary_domain *d, int64_t age, int tty,
    struct buf *out)
{
	(void)text_column(out, d->name.n == 0 ? SLICE("-") : d->name, tty);
	(void)buf_addf(out, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64,
	    d->messages, d->recipients, age);
}

void
summary_show(struct summary *s, const struct showing *how, struct buf *out)
{
	size_t i;

	if (s->n > 1)
		qsort(s->domains, s->n, sizeof(*s->domains), compare);
	for (i = 0; i < s->n; i++) {
		int64_t age = how->now - s->domains[i].oldest;

		age = age < 0 ? 0 : age;
		if (how->json)
			show_json(&s->domains[i], age, out);
		else
			show_columns(&s->domains[i], age, how->tty, out);
		(void)buf_addc(out, how->end);
	}
}

void
summary_free(struct summary *s)
{
	free(s->domains);
	lookup_free(&s->by_name);
	arena_free(&s->arena);
	memset(s, 0, sizeof(*s));
}
