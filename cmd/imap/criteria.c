/* SPDX-License-Identifier: ISC */
/* criteria: what imap-find looks for; see criteria.h. */

#include <stdlib.h>

#include "criterion.h"
#include "text.h"

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
	struct criterion_words words;
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

void
criteria_add_word(struct criteria *c, struct slice word)
{
	(void)add(c, WORD, word);
}

void
criteria_add_text(struct criteria *c, struct slice text)
{
	(void)add(c, TEXT, text);
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
		criteria_add_word(r->c, SLICE("NOT"));
	group(r)->keys++;
	r->nots = 0;
	r->wanted = 0;
}

static const char *
shown_next(const struct reading *r)
{
	return r->words.n == 0 ? "the end" : *r->words.word;
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
	struct slice word = slice_str(*r->words.word);
	const struct criterion *k;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (slice_caseeq(word, slice_str(operators[i].word))) {
			rc = operators[i].read(r, f);
			r->words.word++;
			r->words.n--;
			return rc;
		}
	if ((k = criterion_find(word)) == NULL)
		return fail_set(f, EX_USAGE, "%s: expected a criterion, such "
		    "as from or unseen", TEXT_SHOW(word));
	r->words.word++;
	r->words.n--;
	begin_key(r);
	return criterion_add(k, &r->words, f);
}

int
criteria_read(struct criteria *c, char *const *words, size_t n, struct fail *f)
{
	static char all[] = "all";
	static char *const any[] = { all };
	struct reading r = { .c = c, .words = { c, n == 0 ? any : words,
		n == 0 ? 1 : n } };

	open_group(&r);
	while (r.words.n > 0)
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
