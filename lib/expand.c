/* SPDX-License-Identifier: ISC */
/* expand: addresses to users through aliases; see expand.h. */

#include <stdlib.h>
#include <string.h>

#include "aliases.h"
#include "expand.h"
#include "include.h"
#include "limits.h"
#include "text.h"

/* An address or a file that is still to be looked at. */
struct item {
	struct alias_member member;
	size_t alias;	/* the line of the alias that it is a member of */
	unsigned depth; /* 0: what was asked for, 1: its members */
};

struct work {
	const struct conf *conf;
	struct expansion *x;
	struct item *items; /* a queue of all that there were */
	size_t nitems;
	size_t at;	    /* the one that is looked at */
	int passed_on;	    /* what is in another domain */
	size_t aliased;	    /* the line of the first alias; 0: there is none */
	int missing;	    /* members without a mailbox */
	struct fail *f;
};

static int
config(struct work *w, const struct item *i, const char *what)
{
	struct fail cause = *w->f;

	return fail_set(w->f, EX_CONFIG, "%.200s: line %zu: %.250s",
	    w->conf->aliases, i->alias, what != NULL ? what : cause.text);
}

/* The same with a name in front. */
static int
config_name(struct work *w, const struct item *i, struct slice name,
    const char *what)
{
	(void)fail_set(w->f, EX_CONFIG, "%s: %s", TEXT_SHOW(name), what);
	return config(w, i, NULL);
}

static int
push(struct work *w, const struct item *i)
{
	if (i->depth > LIMIT_ALIAS_DEPTH)
		return config(w, i, "aliases are nested too deep");
	if (w->nitems > LIMIT_ALIAS_MEMBERS)
		return config(w, i, "too many members");
	w->items = mem_grow(w->items, w->nitems, sizeof(*w->items));
	w->items[w->nitems++] = *i;
	return 0;
}

/* Everything in "text" is a member of alias "line". */
static int
push_members(struct work *w, struct slice text, size_t line, unsigned depth)
{
	struct item i = { .alias = line, .depth = depth };
	int rc;

	while ((rc = aliases_member(&text, &w->x->arena, &i.member, w->f)) ==
	    1)
		if (push(w, &i) == -1)
			return -1;
	return rc == 0 ? 0 : config(w, &i, NULL);
}

/* Was the alias of that line, or the file, met before this item? */
static int
met(const struct work *w, size_t line, struct slice path)
{
	size_t n;

	for (n = 0; n < w->nitems; n++)
		if ((line != 0 && w->items[n].alias == line) ||
		    (line == 0 && n < w->at &&
		    w->items[n].member.kind == ALIAS_INCLUDE &&
		    slice_eq(w->items[n].member.text, path)))
			return 1;
	return 0;
}

static int
include(struct work *w, const struct item *i)
{
	const char *path = arena_str(&w->x->arena, i->member.text);
	struct lines lines;
	struct slice line;
	int rc = 0, more = 1;

	if (met(w, 0, i->member.text))
		return 0;
	if (include_open(&lines, path, w->f) == -1) {
		lines_close(&lines);
		return w->f->class == EX_CONFIG ? config(w, i, NULL) : -1;
	}
	while (rc == 0 && (more = lines_next(&lines, &line, w->f)) == 1) {
		line = slice_trim(line);
		if (line.n > 0 && line.p[0] != '#')
			rc = push_members(w, line, i->alias, i->depth + 1);
	}
	if (more == -1)
		rc = w->f->class == EX_DATAERR ? config(w, i, NULL) :
		    fail_set(w->f, EX_TEMPFAIL, "%.200s: cannot be read",
		    path);
	lines_close(&lines);
	return rc;
}

/* Looks for an alias: 1 where its members are to be looked at now, or it is
 * met for the second time; 0 where the user of that name is meant; -1. */
static int
expand_alias(struct work *w, const struct item *i, const struct addr *a)
{
	struct alias found;
	int rc;

	if (w->conf->aliases == NULL || i->member.kind == ALIAS_MAILBOX)
		return 0;
	rc = aliases_find(w->conf->aliases, a, &w->x->arena, &found, w->f);
	if (rc != 1 || found.line == i->alias)
		return rc == -1 ? -1 : 0;
	if (w->aliased == 0)
		w->aliased = found.line;
	if (met(w, found.line, SLICE("")))
		return 1;
	return push_members(w, found.members, found.line, i->depth + 1) == -1 ?
	    -1 : 1;
}

static enum users_result
add_user(struct work *w, const struct user *u)
{
	struct expansion *x = w->x;

	x->users = mem_grow(x->users, x->n, sizeof(*x->users));
	x->users[x->n++] = *u;
	return USERS_FOUND;
}

static enum users_result
add_elsewhere(struct work *w, const struct addr *a)
{
	struct expansion *x = w->x;
	char text[ADDR_TEXT];

	x->elsewhere = mem_grow(x->elsewhere, x->nelsewhere,
	    sizeof(*x->elsewhere));
	x->elsewhere[x->nelsewhere++] = arena_slice(&x->arena,
	    slice_str(addr_format(text, a)));
	return USERS_FOUND;
}

/* What users_find found for a member is told where there is nobody. */
static enum users_result
take_member(struct work *w, const struct item *i, enum users_result rc,
    const struct user *u)
{
	switch (rc) {
	case USERS_FOUND:
		return add_user(w, u);
	case USERS_NONE:
		w->missing++;
		(void)config_name(w, i, i->member.address.local,
		    "no such mailbox");
		return USERS_NONE;
	case USERS_ELSEWHERE:
		return w->passed_on ? add_elsewhere(w, &i->member.address) :
		    config_name(w, i, i->member.address.domain,
		    "mail for that domain is not taken, nor passed on");
	default:
		return USERS_FAILED;
	}
}

/* The name in front of the delimiter. */
static struct addr
without_detail(const struct work *w, const struct addr *a)
{
	size_t at = slice_find(a->local, w->conf->recipient_delimiter);

	return (struct addr){ slice_sub(a->local, 0, at), a->domain };
}

static enum users_result
find_user(struct work *w, const struct item *i)
{
	const struct addr *a = &i->member.address;
	struct addr name;
	struct fail before = *w->f;
	enum users_result rc;
	struct user u;
	int alias;

	if (a->domain.n > 0 && !users_domain(w->conf, a->domain))
		return i->depth == 0 ? USERS_ELSEWHERE :
		    take_member(w, i, USERS_ELSEWHERE, NULL);
	if ((alias = expand_alias(w, i, a)) != 0)
		return alias == 1 ? USERS_FOUND : USERS_FAILED;
	rc = users_find(w->conf, a, &w->x->arena, &u, w->f);
	if (w->conf->aliases != NULL && w->conf->recipient_delimiter != 0 &&
	    (rc == USERS_NONE || (rc == USERS_FOUND && u.detail.p != NULL))) {
		name = without_detail(w, a);
		if (name.local.n > 0 && name.local.n < a->local.n &&
		    (alias = expand_alias(w, i, &name)) != 0)
			return alias == 1 ? USERS_FOUND : USERS_FAILED;
	}
	if (rc != USERS_FAILED)
		*w->f = before;
	return i->depth == 0 && rc != USERS_FOUND ? rc :
	    take_member(w, i, rc, &u);
}

static enum users_result
look_at(struct work *w, const struct item *i)
{
	switch (i->member.kind) {
	case ALIAS_INCLUDE:
		return include(w, i) == 0 ? USERS_FOUND : USERS_FAILED;
	case ALIAS_PROGRAM:
		return config_name(w, i, i->member.text,
		    "no mail is given to programs");
	case ALIAS_FILE:
		return config_name(w, i, i->member.text,
		    "no mail is written to files");
	default:
		return find_user(w, i);
	}
}

/* Nobody was found. */
static enum users_result
nobody(struct work *w, const struct addr *a)
{
	int failed = w->missing == 0 ||
	    slice_caseeq(a->local, SLICE("postmaster"));

	if (w->aliased == 0)
		return USERS_NONE;
	if (w->missing == 0)
		(void)fail_set(w->f, EX_CONFIG,
		    "%.200s: line %zu: %s: an alias that leads to nobody",
		    w->conf->aliases, w->aliased, TEXT_SHOW(a->local));
	return failed ? USERS_FAILED : USERS_NONE;
}

static enum users_result
find(struct work *w, const struct addr *a)
{
	struct item first = { .member = { .address = *a } };
	enum users_result rc;

	*w->x = (struct expansion){ 0 };
	rc = push(w, &first) == 0 ? USERS_FOUND : USERS_FAILED;
	for (; w->at < w->nitems && rc != USERS_FAILED; w->at++) {
		struct item i = w->items[w->at];

		rc = look_at(w, &i);
		if (w->at == 0 && rc != USERS_FOUND)
			break;
	}
	free(w->items);
	if (rc == USERS_FAILED || (w->at == 0 && rc != USERS_FOUND))
		return rc;
	return w->x->n > 0 || w->x->nelsewhere > 0 ? USERS_FOUND :
	    nobody(w, a);
}

/* Who answers a report writes to MAILER-DAEMON: where that is nobody it is the
 * postmaster. */
static enum users_result
find_or_postmaster(const struct work *how, const struct addr *a)
{
	struct addr postmaster = { SLICE("postmaster"), a->domain };
	struct work w = *how;
	enum users_result rc = find(&w, a);

	if (rc != USERS_NONE || w.aliased != 0 ||
	    !slice_caseeq(a->local, SLICE("mailer-daemon")))
		return rc;
	expand_free(how->x);
	w = *how;
	return find(&w, &postmaster);
}

enum users_result
expand_find(const struct conf *conf, const struct addr *a,
    struct expansion *x, struct fail *f)
{
	return find_or_postmaster(&(struct work){ .conf = conf, .x = x,
	    .f = f }, a);
}

enum users_result
expand_find_all(const struct conf *conf, const struct addr *a,
    struct expansion *x, struct fail *f)
{
	return find_or_postmaster(&(struct work){ .conf = conf, .x = x,
	    .f = f, .passed_on = 1 }, a);
}

void
expand_free(struct expansion *x)
{
	free(x->users);
	free(x->elsewhere);
	arena_free(&x->arena);
	*x = (struct expansion){ 0 };
}
