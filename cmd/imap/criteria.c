/* SPDX-License-Identifier: ISC */
/* criteria: what imap-find looks for; see criteria.h. */

#include <stdio.h>
#include <stdlib.h>

#include "criteria.h"
#include "flagname.h"
#include "searchdate.h"
#include "text.h"
#include "uidset.h"
#include "utf8.h"

enum { MOST_DAYS = 36500 };

struct criteria_piece {
	enum {
		GROUP, /* what "or" does not divide, up to its END */
		END,
		WORD,
		TEXT,
	} kind;
	struct slice text;
	/* Of a GROUP: */
	size_t next;   /* the one behind the next "or", where there is one */
	unsigned ors;  /* in front of it */
	unsigned keys; /* in it */
	int bare;      /* without parentheses */
	/* Of its END: */
	size_t group;
};

struct level { /* "(", or all of it */
	size_t first, last; /* GROUPs */
	unsigned groups;
};

struct reading {
	struct criteria *c;
	char *const *word; /* the next one */
	size_t n;	   /* left */
	struct level level[CRITERIA_DEPTH + 1];
	unsigned depth;
	int nots; /* "not" not yet said */
	int wanted; /* by "and", "or", "not", "(" */
};

static struct criteria_piece *
add(struct criteria *c, int kind, struct slice text)
{
	if (c->n == c->room) {
		c->room = c->room == 0 ? 64 : c->room * 2;
		c->piece = mem_resize(c->piece, c->room, sizeof(*c->piece));
	}
	c->piece[c->n] = (struct criteria_piece){ .kind = kind, .text = text };
	return &c->piece[c->n++];
}

static void
add_word(struct reading *r, const char *word)
{
	(void)add(r->c, WORD, slice_str(word));
}

static struct level *
top(struct reading *r)
{
	return &r->level[r->depth];
}

static struct criteria_piece *
group(struct reading *r)
{
	return &r->c->piece[top(r)->last];
}

static void
open_group(struct reading *r)
{
	struct level *l = top(r);

	if (l->groups++ == 0)
		l->first = r->c->n;
	else
		group(r)->next = r->c->n;
	l->last = r->c->n;
	(void)add(r->c, GROUP, SLICE(""));
	r->wanted = 1;
}

static void
close_group(struct reading *r)
{
	add(r->c, END, SLICE(""))->group = top(r)->last;
}

/*
 * How many "OR" stand before the i-th of "n" groups, in a tree of which no
 * branch is much longer than others: one for each node that begins there, and
 * has something in both halves.
 *
 *	OR OR a b OR c d		OR OR OR a b OR c d e
 */
static unsigned
ors_before(size_t i, size_t n)
{
	unsigned ors = 0;
	size_t half;

	for (half = 1; i % (2 * half) == 0 && i + half < n; half *= 2)
		ors++;
	return ors;
}

static void
close_level(struct reading *r)
{
	const struct level *l = top(r);
	size_t i, at = l->first;

	close_group(r);
	for (i = 0; i < l->groups; i++) {
		struct criteria_piece *g = &r->c->piece[at];

		g->ors = ors_before(i, l->groups);
		g->bare = g->keys == 1 || (l->groups == 1 && r->depth == 0);
		at = g->next;
	}
}

/* A key is about to be added, or a "(". */
static void
begin_key(struct reading *r)
{
	if (r->nots % 2 == 1)
		add_word(r, "NOT");
	group(r)->keys++;
	r->nots = 0;
	r->wanted = 0;
}

static const char *
shown_next(const struct reading *r)
{
	return r->n == 0 ? "the end" : *r->word;
}

/* Something has to stand before what is next. */
static int
check_wanted(const struct reading *r, struct fail *f)
{
	const char *next = shown_next(r);

	return !r->wanted ? 0 : fail_set(f, EX_USAGE, "%s: expected a "
	    "criterion before it", TEXT_SHOW(slice_str(next)));
}

static int
open_level(struct reading *r, struct fail *f)
{
	if (r->depth == CRITERIA_DEPTH)
		return fail_set(f, EX_USAGE, "more than %d ( within one "
		    "another", CRITERIA_DEPTH);
	begin_key(r);
	r->level[++r->depth] = (struct level){ 0 };
	open_group(r);
	return 0;
}

static int
end_level(struct reading *r, struct fail *f)
{
	if (check_wanted(r, f) == -1)
		return -1;
	if (r->depth == 0)
		return fail_set(f, EX_USAGE, "): there is no ( to it");
	close_level(r);
	r->depth--;
	return 0;
}

static int
read_and(struct reading *r, struct fail *f)
{
	if (check_wanted(r, f) == -1)
		return -1;
	r->wanted = 1;
	return 0;
}

static int
read_or(struct reading *r, struct fail *f)
{
	if (check_wanted(r, f) == -1)
		return -1;
	close_group(r);
	open_group(r);
	return 0;
}

static int
read_not(struct reading *r, struct fail *f)
{
	(void)f;
	r->nots++;
	r->wanted = 1;
	return 0;
}

static int
bad_value(const char *name, struct slice value, const char *expected,
    struct fail *f)
{
	return fail_set(f, EX_USAGE, "%s %s: expected %s", name,
	    TEXT_SHOW(value), expected);
}

/* An argument of a criterion, or the sentence that it is not there. */
static int
take_value(struct reading *r, const char *name, struct slice *value,
    struct fail *f)
{
	if (r->n == 0)
		return fail_set(f, EX_USAGE, "%s: expected a value behind it",
		    name);
	*value = slice_str(*r->word++);
	r->n--;
	return 0;
}

static int
add_text(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	if (!utf8_valid(value))
		return bad_value(name, value, "UTF-8", f);
	r->c->eightbit |= !utf8_ascii(value);
	(void)add(r->c, TEXT, value);
	return 0;
}

/* A field's name and what is to be in it. */
static int
add_header(struct reading *r, const char *name, struct slice field,
    struct fail *f)
{
	struct slice value;
	size_t i;

	for (i = 0; i < field.n; i++)
		if (field.p[i] <= ' ' || field.p[i] >= 127 ||
		    field.p[i] == ':')
			break;
	if (i < field.n || field.n == 0)
		return bad_value(name, field, "the name of a header field", f);
	if (take_value(r, name, &value, f) == -1)
		return -1;
	(void)add(r->c, TEXT, field);
	return add_text(r, name, value, f);
}

static void
add_copy(struct reading *r, const char *word)
{
	(void)add(r->c, WORD, slice_str(arena_str(&r->c->arena,
	    slice_str(word))));
}

static int
add_date(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	char date[SEARCHDATE];

	if (searchdate_read(value, date) == -1)
		return bad_value(name, value, "a date, such as 2026-01-31", f);
	add_copy(r, date);
	return 0;
}

/* The day that was so many days ago, where we are. */
static int
add_days(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	char date[SEARCHDATE];
	uint64_t days;

	if (slice_uint(value, 0, MOST_DAYS, &days) == -1)
		return bad_value(name, value, "a number of days up to 36500",
		    f);
	if (searchdate_ago(r->c->now, (int)days, date) == -1)
		return bad_value(name, value, "fewer days", f);
	add_copy(r, date);
	return 0;
}

static int
add_size(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	static const char units[] = "kMGK";
	struct slice digits = value;
	char text[24];
	uint64_t n, unit = 1;
	const char *at;

	if (value.n > 0 &&
	    (at = strchr(units, value.p[value.n - 1])) != NULL) {
		unit <<= 10 * ((at - units) % 3 + 1);
		digits.n--;
	}
	if (slice_uint(digits, 0, INT64_MAX / unit, &n) == -1)
		return bad_value(name, value, "a size, such as 40000, 20k or "
		    "5M", f);
	(void)snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)(n * unit));
	add_copy(r, text);
	return 0;
}

static int
add_set(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	if (!uidset_is_one(value))
		return bad_value(name, value, "uids, such as 7 or 7:9,12", f);
	(void)add(r->c, WORD, value);
	return 0;
}

/* SEEN, KEYWORD $Junk.  "not" of it is put before it, as of any other. */
static int
add_flag(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	struct slice flag;

	if (flagname_read(value, &flag) == -1)
		return bad_value(name, value, "a flag, such as seen or $Junk",
		    f);
	if (flagname_is_system(flag)) {
		(void)add(r->c, WORD, slice_sub(flag, 1, flag.n));
		return 0;
	}
	add_word(r, "KEYWORD");
	(void)add(r->c, WORD, flag);
	return 0;
}

static int
add_keyword(struct reading *r, const char *name, struct slice value,
    struct fail *f)
{
	struct slice flag;

	if (flagname_read(value, &flag) == -1 || flagname_is_system(flag))
		return bad_value(name, value, "a keyword, such as $Junk", f);
	(void)add(r->c, WORD, flag);
	return 0;
}

static const struct criterion {
	const char *name;
	const char *key; /* NULL: "value" adds it */
	int (*value)(struct reading *r, const char *name, struct slice value,
	    struct fail *f);
} criteria[] = {
	{ "all", "ALL", NULL },
	{ "answered", "ANSWERED", NULL },
	{ "bcc", "BCC", add_text },
	{ "before", "BEFORE", add_date },
	{ "body", "BODY", add_text },
	{ "cc", "CC", add_text },
	{ "deleted", "DELETED", NULL },
	{ "draft", "DRAFT", NULL },
	{ "flag", NULL, add_flag },
	{ "flagged", "FLAGGED", NULL },
	{ "from", "FROM", add_text },
	{ "header", "HEADER", add_header },
	{ "keyword", "KEYWORD", add_keyword },
	{ "larger", "LARGER", add_size },
	{ "newer", "SINCE", add_days },
	{ "older", "BEFORE", add_days },
	{ "on", "ON", add_date },
	{ "seen", "SEEN", NULL },
	{ "sent-before", "SENTBEFORE", add_date },
	{ "sent-on", "SENTON", add_date },
	{ "sent-since", "SENTSINCE", add_date },
	{ "since", "SINCE", add_date },
	{ "smaller", "SMALLER", add_size },
	{ "subject", "SUBJECT", add_text },
	{ "text", "TEXT", add_text },
	{ "to", "TO", add_text },
	{ "uid", "UID", add_set },
	{ "unanswered", "UNANSWERED", NULL },
	{ "undeleted", "UNDELETED", NULL },
	{ "undraft", "UNDRAFT", NULL },
	{ "unflagged", "UNFLAGGED", NULL },
	{ "unkeyword", "UNKEYWORD", add_keyword },
	{ "unseen", "UNSEEN", NULL },
};

static int
read_criterion(struct reading *r, const struct criterion *k, struct fail *f)
{
	struct slice value;

	begin_key(r);
	if (k->key != NULL)
		add_word(r, k->key);
	if (k->value == NULL)
		return 0;
	return take_value(r, k->name, &value, f) == -1 ? -1 :
	    k->value(r, k->name, value, f);
}

static const struct {
	const char *word;
	int (*read)(struct reading *r, struct fail *f);
} operators[] = {
	{ "(", open_level },
	{ ")", end_level },
	{ "and", read_and },
	{ "not", read_not },
	{ "or", read_or },
};

static int
read_word(struct reading *r, struct fail *f)
{
	struct slice word = slice_str(*r->word);
	size_t i;
	int rc;

	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (slice_caseeq(word, slice_str(operators[i].word))) {
			rc = operators[i].read(r, f);
			r->word++;
			r->n--;
			return rc;
		}
	for (i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++)
		if (slice_caseeq(word, slice_str(criteria[i].name))) {
			r->word++;
			r->n--;
			return read_criterion(r, &criteria[i], f);
		}
	return fail_set(f, EX_USAGE, "%s: expected a criterion, such as from "
	    "or unseen", TEXT_SHOW(word));
}

int
criteria_read(struct criteria *c, char *const *words, size_t n, struct fail *f)
{
	static char all[] = "all";
	static char *const any[] = { all };
	struct reading r = { .c = c, .word = n == 0 ? any : words,
		.n = n == 0 ? 1 : n };

	open_group(&r);
	while (r.n > 0)
		if (read_word(&r, f) == -1)
			return -1;
	if (check_wanted(&r, f) == -1)
		return -1;
	if (r.depth > 0)
		return fail_set(f, EX_USAGE, "(: there is no ) to it");
	close_level(&r);
	return 0;
}

void
criteria_each(const struct criteria *c,
    void (*each)(void *ctx, struct slice piece, int text), void *ctx)
{
	const struct criteria_piece *p, *g;
	int tight = 0; /* no space before the next one */
	unsigned i;
	size_t at;

	for (at = 0; at < c->n; at++) {
		p = &c->piece[at];
		g = p->kind == END ? &c->piece[p->group] : p;
		if (p->kind == END) {
			if (!g->bare)
				each(ctx, SLICE(")"), 0);
			continue;
		}
		for (i = 0; i < p->ors; i++, tight = 0)
			each(ctx, tight ? SLICE("OR") : SLICE(" OR"), 0);
		if (p->kind == GROUP && p->bare)
			continue;
		if (!tight)
			each(ctx, SLICE(" "), 0);
		tight = p->kind == GROUP;
		each(ctx, tight ? SLICE("(") : p->text, p->kind == TEXT);
	}
}

void
criteria_free(struct criteria *c)
{
	arena_free(&c->arena);
	free(c->piece);
	*c = (struct criteria){ 0 };
}
