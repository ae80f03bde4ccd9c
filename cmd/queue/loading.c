/* SPDX-License-Identifier: ISC */
/* loading: makes parts of a message for its next hops; see loading.h. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dispose.h"
#include "loading.h"
#include "numbers.h"
#include "outcome.h"
#include "text.h"
#include "transport.h"

enum {
	ALONE = 16, /* users of a message who do not wait for each other: for
		       each its file is opened and read once more */
	OF_HOP = 4, /* times as many may wait for a hop as in a lane: users who
		       are all slow leave room for other hosts' mail */
};

struct one { /* recipients of a message that go one way */
	struct hop *hop;
	struct lane *lane;
	struct buf numbers;
	size_t last, count;
};

struct loading {
	struct runner *runner;
	struct hops *hops;
	struct task *task;
	struct one *ways;
	size_t n;
	size_t room;		 /* see loading.h */
	unsigned users;		 /* of this host, who have a way */
	char rest[SPOOL_ID + 1]; /* no user's name: the lane of all others */
};

static int
open_message(const struct runner *r, const struct spool_name *name,
    struct spoolfile *m, struct fail *f)
{
	char path[SPOOL_NAME];
	int rc;

	if (spoolfile_open(m, r->spool.dir, spool_path(path, name), f) == -1)
		return -1;
	/* It is not on the disk yet, and nobody was told that it is there. */
	if (name->state != SPOOL_NEW || (rc = spoolfile_is_held(m, f)) == 0)
		return 0;
	m->unwritten = rc == 1;
	return rc == -1 ? -1 : fail_set(f, EX_NOINPUT,
	    "%s: it is being written", path);
}

/* What waits for its first time is not sent before that by a pattern that
 * happens to mean it. */
static int
is_meant(const struct runner *r, const struct spool_name *name,
    const struct spoolfile *m)
{
	if (patterns_name_id(&r->patterns, m->id))
		return 1;
	if (name->state == SPOOL_NEW && m->envelope.hold > time(NULL))
		return 0;
	return patterns_match_id(&r->patterns, m->id) ||
	    patterns_match(&r->patterns, m);
}

static int
is_chosen(struct runner *r, const struct spool_name *name,
    const struct spoolfile *m)
{
	int chosen = r->options->noperands == 0 || is_meant(r, name, m);

	if (chosen)
		patterns_saw(&r->patterns, m->id);
	r->chosen += (size_t)chosen;
	return chosen;
}

/* Hands over what one way has so far. */
static void
put_part(struct loading *l, struct one *way)
{
	struct part *part;

	if (way->count == 0)
		return;
	part = mem_alloc(sizeof(*part) + way->numbers.n + 1);
	part->task = l->task;
	part->total = part->count = way->count;
	memcpy(part->numbers, way->numbers.p, way->numbers.n);
	hops_put(l->hops, way->hop, way->lane, part);
	l->task->parts++;
	buf_clear(&way->numbers);
	way->count = 0;
}

/* The bytes that a line has for numbers. */
static size_t
room(const struct runner *r)
{
	return TRANSPORT_LINE - strlen(r->spool.path) - SPOOL_NAME - 2;
}

static struct one *
find_way(struct loading *l, const struct nexthop *n)
{
	struct hop *hop = hops_find(l->hops, n);
	struct lane *lane = lanes_find(&hop->lanes, n->user);

	if (n->kind == NEXTHOP_LOCAL && lane->way == 0 &&
	    l->users++ >= ALONE) {
		lanes_let_go(&hop->lanes, lane);
		lane = lanes_find(&hop->lanes, slice_str(l->rest));
	}
	if (lane->way > 0)
		return &l->ways[lane->way - 1];
	l->ways = mem_grow(l->ways, l->n, sizeof(*l->ways));
	l->ways[l->n] = (struct one){ .hop = hop, .lane = lane,
		.numbers = BUF(room(l->runner)) };
	lane->way = ++l->n;
	return &l->ways[l->n - 1];
}

/* What the domain is at fault for is known without a transport. */
static void
refuse(struct loading *l, size_t number, const struct fail *f)
{
	struct spool_entry e = { .number = number,
		.class = f->class == EX_NOHOST ? SPOOL_REFUSED :
		SPOOL_DEFERRED, .enhanced = f->class == EX_NOHOST ?
		SLICE("5.1.2") : SLICE("4.3.0"), .text = slice_str(f->text) };

	dispose_take(l->runner, l->task, &e);
}

static void
load_recipient(struct loading *l, size_t number, struct slice address)
{
	struct fail f = { 0 };
	struct nexthop n;
	struct one *way;

	if (nexthop_find(&l->runner->conf, address, &n, &f) == -1) {
		refuse(l, number, &f);
		return;
	}
	way = find_way(l, &n);
	if (numbers_add(&way->numbers, &way->last, number) == -1) {
		put_part(l, way);
		way->last = 0;
		(void)numbers_add(&way->numbers, &way->last, number);
	}
	way->count++;
}

/* Do too many wait where all of it goes, or for one of its hops?  Not where it
 * is begun: a result is known, or a line was full. */
static int
is_crowded(const struct loading *l)
{
	size_t full = 0, i;

	if (l->task->parts > 0 || l->task->results.n > 0)
		return 0;
	for (i = 0; i < l->n; i++) {
		if (l->ways[i].hop->waiting / OF_HOP >= l->room)
			return 1;
		full += l->ways[i].lane->waiting >= l->room;
	}
	return l->n > 0 && full == l->n;
}

/* Hands over all that is left of it, or where it is "crowded" nothing. */
static void
put_ways(struct loading *l, int crowded)
{
	struct one *way;

	for (way = l->ways; way < l->ways + l->n; way++) {
		way->lane->way = 0;
		if (crowded) {
			lanes_let_go(&way->hop->lanes, way->lane);
			if (way->hop->lanes.n == 0)
				hops_let_go(l->hops, way->hop);
		} else {
			put_part(l, way);
		}
		buf_free(&way->numbers);
	}
	free(l->ways);
}

/* 1; or 0 where it is not for now. */
static int
load(struct loading *l, const struct spoolfile *m)
{
	int crowded;
	size_t i;

	l->task->journal = m->read;
	(void)snprintf(l->rest, sizeof(l->rest), " %s", m->id);
	for (i = 0; i < m->nto; i++)
		if (!m->to[i].settled)
			load_recipient(l, i + 1, m->to[i].to.address);
	crowded = is_crowded(l);
	put_ways(l, crowded);
	l->runner->crowded += (size_t)crowded;
	return !crowded;
}

/* On a full disk those who have got it would get it again with each attempt for
 * the others.  One who has it alone needs no journal: the file goes. */
static int
can_be_told(const struct spoolfile *m, struct fail *f)
{
	size_t pending = spoolfile_pending(m);

	return pending < 2 || spoolfile_make_room(m, pending, f) == 0;
}

struct task *
loading_message(struct runner *r, struct hops *h,
    const struct spool_name *name, size_t room)
{
	struct loading l = { .runner = r, .hops = h, .room = room };
	struct fail f = { 0 };
	struct spoolfile m;
	int rc;

	if ((l.task = tasks_add(&r->tasks, name)) == NULL)
		return NULL;
	if ((rc = open_message(r, name, &m, &f)) == -1) {
		if (f.class != EX_NOINPUT)
			patterns_saw(&r->patterns, name->id);
		dispose_unread(r, l.task, &m, &f);
		l.task = NULL;
	} else if (!is_chosen(r, name, &m)) {
		tasks_drop(&r->tasks, l.task);
		l.task = NULL;
	} else if (!can_be_told(&m, &f)) {
		dispose_put_off(r, l.task, &m, &f);
		l.task = NULL;
	} else if (!load(&l, &m)) {
		tasks_drop(&r->tasks, l.task);
		l.task = NULL;
	}
	spoolfile_close(&m);
	return l.task == NULL || l.task->parts > 0 ? NULL : l.task;
}

static void
plan_recipient(struct runner *r, const struct spoolfile *m, size_t number)
{
	static const char *const kinds[] = { [NEXTHOP_LOCAL] = "local",
		[NEXTHOP_ACCOUNT] = "-a " };
	struct buf text = BUF(65536);
	struct fail f = { 0 };
	struct nexthop n;

	if (nexthop_find(&r->conf, m->to[number - 1].to.address, &n, &f) ==
	    -1) {
		(void)buf_adds(&text, f.text);
	} else {
		if (n.kind == NEXTHOP_LOCAL || n.kind == NEXTHOP_ACCOUNT)
			(void)buf_adds(&text, kinds[n.kind]);
		(void)buf_add(&text, n.target);
	}
	outcome_plan(r, m, number, buf_slice(&text));
	buf_free(&text);
}

int
loading_plan(struct runner *r, const struct spool_name *name)
{
	struct fail f = { 0 };
	struct spoolfile m;
	int rc = open_message(r, name, &m, &f) == 0;
	size_t i;

	if (!rc && f.class != EX_NOINPUT &&
	    !spoolfile_is_left(&m, name->state)) {
		patterns_saw(&r->patterns, name->id);
		outcome_warn(r, name, f.class, f.text);
	}
	if (rc && (rc = is_chosen(r, name, &m)) == 1)
		for (i = 0; i < m.nto; i++)
			if (!m.to[i].settled)
				plan_recipient(r, &m, i + 1);
	spoolfile_close(&m);
	return rc;
}
