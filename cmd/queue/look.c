/* SPDX-License-Identifier: ISC */
/* look: what is to be tried; see look.h. */

#include <time.h>

#include "backoff.h"
#include "cli.h"
#include "leftovers.h"
#include "look.h"
#include "ticks.h"

enum {
	IN_HAND = 30000, /* messages, of which one is some 250 bytes */
	AT_FIRST = 20000, /* of them, of whatever comes first */
	PARTS = 65536, /* that wait; of one message all do */
	REFILL = 10000, /* more are looked for where so few are in hand */
	LEFT = 65536, /* that cannot be disposed of: the end */
	STEP = 64, /* are loaded before others are served */
	SCAN_LEAST = 5,	  /* seconds between two looks */
	WORTH = 10, /* the time that looks for others' mail take is a tenth */
	CLEAN = 3600,
};

static int
is_wanted(const struct look *l, const struct spool_name *name)
{
	const struct options *o = l->runner->options;

	if (o->noperands > 0)
		return !patterns_are_ids(&l->runner->patterns) ||
		    patterns_match_id(&l->runner->patterns, name->id);
	return backoff_due(name, (int64_t)time(NULL));
}

void
look_see(void *look, const struct spool_name *name)
{
	struct look *l = look;

	if (l->dispatch->stopping)
		return;
	if (is_wanted(l, name)) {
		if (!tasks_has(&l->runner->tasks, name->id))
			window_add(&l->window, name);
	} else if (name->due < l->earliest) {
		l->earliest = name->due;
	}
}

/* Once an hour, and in each run. */
static void
clean_up(struct look *l)
{
	struct fail f = { 0 };

	if (l->cleaned != 0 && l->scanned < l->cleaned + CLEAN * 1000)
		return;
	l->cleaned = l->scanned;
	if (leftovers_remove(&l->runner->spool, &f) == -1)
		(void)cli_report(&f);
}

static int
see_each(void *look, const struct spool_name *name, struct fail *f)
{
	struct look *l = look;

	(void)f;
	if (!l->passed ||
	    window_compare(l->window.order, name, &l->last) > 0)
		look_see(l, name);
	return 0;
}

static int
is_by_hand(const struct look *l)
{
	return l->runner->options->noperands > 0 || l->runner->options->dry;
}

/* Few are in hand: there is room for whatever comes first. */
static int
is_low(const struct look *l)
{
	return dispatch_in_hand(l->dispatch) < REFILL;
}

/* May what stayed on the disk be looked at once more? */
static int
is_worth_it(const struct look *l)
{
	uint64_t since = ticks_now() - l->begun;

	return since >= SCAN_LEAST * 1000 && since >= l->spent * WORTH;
}

/* From which name on?  What was chosen by hand is tried once, whatever comes of
 * it; and what stayed on the disk is not opened again at each look. */
static void
set_begin(struct look *l)
{
	if (is_by_hand(l) || (l->crowded > 0 && !is_low(l) &&
	    (l->window.more || !is_worth_it(l))))
		return;
	l->fair = l->fair && !is_low(l);
	l->passed = 0;
	l->crowded = 0;
	l->begun = l->scanned;
	l->spent = 0;
}

int
look_scan(struct look *l, struct fail *f)
{
	const struct spool_name *last;

	l->scanned = ticks_now();
	set_begin(l);
	window_clear(&l->window);
	l->earliest = INT64_MAX;
	l->again = 0;
	l->loaded = 0;
	if (!l->runner->options->dry) {
		l->busy = dispatch_in_hand(l->dispatch) > 0;
		clean_up(l);
	}
	if (spool_each(&l->runner->spool, 1U << SPOOL_NEW | 1U << SPOOL_CUR,
	    see_each, l, f) == -1)
		return -1;
	if ((last = window_last(&l->window)) != NULL) {
		l->last = *last;
		l->passed = 1;
	}
	l->spent += ticks_now() - l->scanned;
	return 0;
}

static int
has_room(const struct look *l)
{
	return dispatch_in_hand(l->dispatch) <
	    (l->fair ? IN_HAND : AT_FIRST) &&
	    l->dispatch->hops.waiting < PARTS;
}

/* What waits for one slow user or host may fill what is in hand at first.  If
 * it still does after a while, the rest of the room is for others. */
static void
be_fair(struct look *l)
{
	if (!is_by_hand(l) && !is_low(l) && ticks_now() - l->scanned >=
	    SCAN_LEAST * 1000)
		l->fair = 1;
}

static void
load_one(struct look *l, const struct spool_name *name)
{
	struct runner *r = l->runner;
	size_t unwritten = r->unwritten, crowded = r->crowded;

	dispatch_load(l->dispatch, name, l->fair ? IN_HAND -
	    dispatch_in_hand(l->dispatch) : SIZE_MAX);
	l->crowded += r->crowded - crowded;
	/* What is not written yet is no reason to look again. */
	l->loaded += r->unwritten == unwritten && r->crowded == crowded;
}

void
look_load(struct look *l)
{
	const struct spool_name *name;
	uint64_t now = ticks_now();
	int i;

	be_fair(l);
	for (i = 0; i < STEP && has_room(l) &&
	    (name = window_take(&l->window)) != NULL; i++)
		load_one(l, name);
	l->spent += ticks_now() - now;
}

int
look_can_load(const struct look *l)
{
	return window_left(&l->window) > 0 && has_room(l);
}

/* Seconds since the last look. */
static uint64_t
since_scan(const struct look *l)
{
	return (ticks_now() - l->scanned) / 1000;
}

/* With -w: is it time to look again? */
static int
is_time(const struct look *l)
{
	uint64_t since = since_scan(l);

	return since >= LOOK_MOST || (since >= SCAN_LEAST &&
	    (l->again || l->earliest <= (int64_t)time(NULL)));
}

int
look_is_needed(const struct look *l)
{
	size_t in_hand = dispatch_in_hand(l->dispatch);

	if (window_left(&l->window) > 0 || l->dispatch->stopping ||
	    l->runner->tasks.left > LEFT)
		return 0;
	if (l->crowded > 0 || (l->window.more && l->loaded > 0)) {
		if (is_low(l))
			return 1;
		if (l->window.more)
			return l->fair;
		if (is_worth_it(l))
			return 1;
	}
	if (l->runner->options->wait)
		return is_time(l);
	if (l->runner->options->noperands > 0)
		return 0;
	/* What is new does not wait for the slowest host. */
	return in_hand > 0 ? since_scan(l) >= SCAN_LEAST :
	    l->busy || l->loaded > 0;
}
