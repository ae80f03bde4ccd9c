/* SPDX-License-Identifier: ISC */
/* pattern: the messages that a person means; see pattern.h. */

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "conf.h"
#include "mem.h"
#include "pattern.h"
#include "text.h"
#include "users.h"

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, SPOOL_ID);
}

static int
check(struct slice text, struct fail *f)
{
	size_t i;

	if (text.n == 0 || text.n > PATTERN_LONGEST)
		return fail_set(f, EX_USAGE, text.n == 0 ? "an empty pattern" :
		    "a pattern longer than %d bytes", PATTERN_LONGEST);
	for (i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return fail_set(f, EX_USAGE,
			    "%s: a control character in a pattern",
			    TEXT_SHOW(text));
	return 0;
}

/* Ids are in lower case, and patterns in any. */
static int
read_id(struct slice text, char id[SPOOL_ID])
{
	size_t i;

	if (text.n != SPOOL_ID - 1)
		return 0;
	for (i = 0; i < text.n; i++)
		id[i] = (char)slice_lower(text.p[i]);
	id[i] = '\0';
	return spool_is_id(slice_str(id));
}

/* Sorts them, and leaves each once. */
static void
sort_ids(struct patterns *p)
{
	size_t n = 0, i;

	qsort(p->ids, p->nids, sizeof(*p->ids), compare);
	for (i = 0; i < p->nids; i++)
		if (n == 0 || compare(p->ids[n - 1], p->ids[i]) != 0)
			memmove(p->ids[n++], p->ids[i], SPOOL_ID);
	p->nids = n;
	p->seen = mem_alloc(n + 1);
}

int
patterns_read(struct patterns *p, char *const *arguments, size_t n,
    struct fail *f)
{
	size_t i;

	memset(p, 0, sizeof(*p));
	p->ids = mem_resize(NULL, n + 1, sizeof(*p->ids));
	p->others = mem_resize(NULL, n + 1, sizeof(*p->others));
	p->used = mem_alloc(n + 1);
	for (i = 0; i < n; i++) {
		if (check(slice_str(arguments[i]), f) == -1)
			return -1;
		if (read_id(slice_str(arguments[i]), p->ids[p->nids]))
			p->nids++;
		else
			p->others[p->nothers++] = arguments[i];
	}
	sort_ids(p);
	return 0;
}

/* The "[" of an address literal makes none. */
static int
is_glob(const char *text)
{
	const char *at;

	for (at = text; (at = strpbrk(at, "*?[")) != NULL; at++)
		if (*at != '[' || at == text || at[-1] != '@')
			return 1;
	return 0;
}

/* Which of the ids it is; p->nids: none. */
static size_t
find_id(const struct patterns *p, const char *id)
{
	char (*at)[SPOOL_ID] = p->nids == 0 ? NULL :
	    bsearch(id, p->ids, p->nids, sizeof(*p->ids), compare);

	return at == NULL ? p->nids : (size_t)(at - p->ids);
}

int
patterns_name_id(const struct patterns *p, const char *id)
{
	return find_id(p, id) < p->nids;
}

void
patterns_saw(const struct patterns *p, const char *id)
{
	size_t i = find_id(p, id);

	if (i < p->nids)
		p->seen[i] = 1;
}

static int
is_glob_of(const char *pattern, const char *id)
{
	return is_glob(pattern) && fnmatch(pattern, id, FNM_CASEFOLD) == 0;
}

int
patterns_match_id(const struct patterns *p, const char *id)
{
	size_t i;

	if (p->nids + p->nothers == 0 || patterns_name_id(p, id))
		return 1;
	for (i = 0; i < p->nothers; i++)
		if (is_glob_of(p->others[i], id))
			return 1;
	return 0;
}

int
patterns_are_ids(const struct patterns *p)
{
	return p->nids > 0 && p->nothers == 0;
}

static int
glob_matches(const char *glob, struct slice address)
{
	char text[ADDR_TEXT];

	if (address.n >= sizeof(text))
		return 0;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	return fnmatch(glob, text, FNM_CASEFOLD) == 0;
}

/* The offset behind the "@" before the domain; 0 where there is none. */
static size_t
domain_at(struct slice address)
{
	size_t at = address.n;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	return at;
}

/* Is "domain" one of those whose users a name without a domain can mean?  In a
 * users file such a name, and one at this host, is of the first of Domains
 * (users_find). */
static int
is_home(const struct conf *conf, struct slice domain)
{
	if (conf == NULL || conf->ndomains == 0)
		return 0;
	if (conf->users == NULL)
		return users_domain(conf, domain);
	return addr_same_domain(domain, slice_str(conf->domains[0])) ||
	    addr_same_domain(domain, slice_str(conf->hostname));
}

/* Is what is behind "at" nothing, or such a domain? */
static int
is_here(const struct patterns *p, struct slice address, size_t at)
{
	return at == 0 ||
	    is_home(p->conf, slice_sub(address, at, address.n));
}

static struct slice
local_part(struct slice address, size_t at)
{
	return slice_sub(address, 0, at == 0 ? address.n : at - 1);
}

/* Only the domain may be compared without case (RFC 5321, 2.4), but who asks
 * for a message does not know how it was written; nor by which of the addresses
 * that a user has here. */
static int
address_matches(const struct patterns *p, const char *pattern,
    struct slice address)
{
	struct slice wanted = slice_str(pattern);
	size_t at = domain_at(address), wanted_at = domain_at(wanted);
	int same;

	if (is_glob(pattern))
		return glob_matches(pattern, address);
	same = slice_caseeq(local_part(wanted, wanted_at),
	    local_part(address, at));
	if (same && is_here(p, wanted, wanted_at) && is_here(p, address, at))
		return 1;
	/* A domain alone is of whoever is there. */
	return at > 0 && (same || wanted_at <= 1) &&
	    addr_same_domain(slice_sub(wanted, wanted_at, wanted.n),
	    slice_sub(address, at, address.n));
}

static int
means_address(const struct patterns *p, const char *pattern,
    struct slice address)
{
	return address.n == 0 ? strcmp(pattern, "<>") == 0 :
	    address_matches(p, pattern, address);
}

/* Does one pattern mean the sender or a recipient? */
static int
means(const struct patterns *p, const char *pattern, const struct spoolfile *m)
{
	int settled = spoolfile_pending(m) == 0;
	size_t i;

	if (means_address(p, pattern, m->envelope.sender))
		return 1;
	for (i = 0; i < m->nto; i++)
		if ((settled || !m->to[i].settled) &&
		    means_address(p, pattern, m->to[i].to.address))
			return 1;
	return 0;
}

int
patterns_match(const struct patterns *p, const struct spoolfile *m)
{
	size_t i;

	for (i = 0; i < p->nothers; i++)
		if (means(p, p->others[i], m))
			return 1;
	return 0;
}

void
patterns_use(struct patterns *p, const char *id, const struct spoolfile *m)
{
	size_t i;

	for (i = 0; i < p->nothers; i++)
		if (!p->used[i] && (is_glob_of(p->others[i], id) ||
		    (m != NULL && means(p, p->others[i], m))))
			p->used[i] = 1;
}

void
patterns_free(struct patterns *p)
{
	free(p->ids);
	free((void *)p->seen);
	free(p->others);
	free(p->used);
	memset(p, 0, sizeof(*p));
}
