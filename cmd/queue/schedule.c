/* SPDX-License-Identifier: ISC */
/* schedule: the loop of a run; see schedule.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "backoff.h"
#include "child.h"
#include "cli.h"
#include "dispatch.h"
#include "leftovers.h"
#include "loading.h"
#include "log.h"
#include "runconf.h"
#include "schedule.h"
#include "ticks.h"
#include "watch.h"
#include "window.h"

enum {
	IN_HAND = 30000, /* messages, of which one is some 250 bytes */
	AT_FIRST = 20000, /* of them, of whatever comes first */
	PARTS = 65536, /* that wait; of one message all do */
	REFILL = 10000, /* more are looked for where so few are in hand */
	LEFT = 65536, /* that cannot be disposed of: the end */
	STEP = 64, /* are loaded before others are served */
	SYNC_EVERY = 1000, /* milliseconds */
	SCAN_LEAST = 5,	  /* seconds between two looks */
	SCAN_MOST = 60,
	WORTH = 10, /* the time that looks for others' mail take is a tenth */
	CLEAN = 3600,
};

struct schedule {
	struct runner *runner;
	struct dispatch dispatch;
	struct window window;
	struct watch watch;
	struct spool_name last; /* of what a look found, where it matters */
	int passed;	   /* "last" is set: only what is behind it counts */
	int fair;	   /* who has much in hand leaves room for others */
	size_t crowded;	   /* messages that stayed on the disk for that, since
			      the look at "begun" */
	uint64_t begun;	   /* ticks_now */
	uint64_t spent;	   /* since then, on looks and what came of them */
	int64_t earliest;  /* when something will be due */
	uint64_t scanned;  /* ticks_now */
	uint64_t synced;   /* cur/, the same */
	uint64_t cleaned;  /* tmp/; 0: not so far */
	int again;	   /* another look is needed */
	int busy;	   /* there was something in hand at the last look */
	size_t loaded;	   /* since the last look */
};

/* So many signals that end it came, or one after which it begins anew. */
static volatile sig_atomic_t stop, hangup;

static void
take_signal(int number)
{
	if (number == SIGHUP)
		hangup = 1;
	else
		stop += stop < 2;
}

/* Signals come while it waits, and only then: in "through" they are let in. */
static void
catch_signals(sigset_t *through)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = take_signal };
	sigset_t block;
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&block);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)sigaddset(&block, numbers[i]);
		(void)sigaction(numbers[i], &action, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &block, through);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigdelset(through, numbers[i]);
}

static int
is_wanted(const struct schedule *s, const struct spool_name *name)
{
	const struct options *o = s->runner->options;

	if (o->noperands > 0)
		return !patterns_are_ids(&s->runner->patterns) ||
		    patterns_match_id(&s->runner->patterns, name->id);
	return backoff_due(name, (int64_t)time(NULL));
}

static void
see(void *ctx, const struct spool_name *name)
{
	struct schedule *s = ctx;

	if (s->dispatch.stopping)
		return;
	if (is_wanted(s, name)) {
		if (!tasks_has(&s->runner->tasks, name->id))
			window_add(&s->window, name);
	} else if (name->due < s->earliest) {
		s->earliest = name->due;
	}
}

/* Once an hour, and in each run. */
static void
clean_up(struct schedule *s)
{
	struct fail f = { 0 };

	if (s->cleaned != 0 && s->scanned < s->cleaned + CLEAN * 1000)
		return;
	s->cleaned = s->scanned;
	if (leftovers_remove(&s->runner->spool, &f) == -1)
		(void)cli_report(&f);
}

static int
see_each(void *ctx, const struct spool_name *name, struct fail *f)
{
	struct schedule *s = ctx;

	(void)f;
	if (!s->passed ||
	    window_compare(s->window.order, name, &s->last) > 0)
		see(s, name);
	return 0;
}

static int
is_by_hand(const struct schedule *s)
{
	return s->runner->options->noperands > 0 || s->runner->options->dry;
}

/* Few are in hand: there is room for whatever comes first. */
static int
is_low(const struct schedule *s)
{
	return dispatch_in_hand(&s->dispatch) < REFILL;
}

/* May what stayed on the disk be looked at once more? */
static int
is_worth_it(const struct schedule *s)
{
	uint64_t since = ticks_now() - s->begun;

	return since >= SCAN_LEAST * 1000 && since >= s->spent * WORTH;
}

/* From which name on?  What was chosen by hand is tried once, whatever comes of
 * it; and what stayed on the disk is not opened again at each look. */
static void
set_begin(struct schedule *s)
{
	if (is_by_hand(s) || (s->crowded > 0 && !is_low(s) &&
	    (s->window.more || !is_worth_it(s))))
		return;
	s->fair = s->fair && !is_low(s);
	s->passed = 0;
	s->crowded = 0;
	s->begun = s->scanned;
	s->spent = 0;
}

/* Looks at all names. */
static int
scan(struct schedule *s, struct fail *f)
{
	const struct spool_name *last;

	s->scanned = ticks_now();
	set_begin(s);
	window_clear(&s->window);
	s->earliest = INT64_MAX;
	s->again = 0;
	s->loaded = 0;
	if (!s->runner->options->dry) {
		s->busy = dispatch_in_hand(&s->dispatch) > 0;
		clean_up(s);
	}
	if (spool_each(&s->runner->spool, 1U << SPOOL_NEW | 1U << SPOOL_CUR,
	    see_each, s, f) == -1)
		return -1;
	if ((last = window_last(&s->window)) != NULL) {
		s->last = *last;
		s->passed = 1;
	}
	s->spent += ticks_now() - s->scanned;
	return 0;
}

static int
has_room(const struct schedule *s)
{
	return dispatch_in_hand(&s->dispatch) <
	    (s->fair ? IN_HAND : AT_FIRST) &&
	    s->dispatch.hops.waiting < PARTS;
}

/* What waits for one slow user or host may fill what is in hand at first.  If
 * it still does after a while, the rest of the room is for others. */
static void
be_fair(struct schedule *s)
{
	if (!is_by_hand(s) && !is_low(s) && ticks_now() - s->scanned >=
	    SCAN_LEAST * 1000)
		s->fair = 1;
}

static void
load_one(struct schedule *s, const struct spool_name *name)
{
	struct runner *r = s->runner;
	size_t unwritten = r->unwritten, crowded = r->crowded;

	dispatch_load(&s->dispatch, name, s->fair ? IN_HAND -
	    dispatch_in_hand(&s->dispatch) : SIZE_MAX);
	s->crowded += r->crowded - crowded;
	/* What is not written yet is no reason to look again. */
	s->loaded += r->unwritten == unwritten && r->crowded == crowded;
}

static void
load_some(struct schedule *s)
{
	const struct spool_name *name;
	uint64_t now = ticks_now();
	int i;

	be_fair(s);
	for (i = 0; i < STEP && has_room(s) &&
	    (name = window_take(&s->window)) != NULL; i++)
		load_one(s, name);
	s->spent += ticks_now() - now;
}

/* Seconds since the last look. */
static uint64_t
since_scan(const struct schedule *s)
{
	return (ticks_now() - s->scanned) / 1000;
}

/* With -w: is it time to look again? */
static int
is_time(const struct schedule *s)
{
	uint64_t since = since_scan(s);

	return since >= SCAN_MOST || (since >= SCAN_LEAST &&
	    (s->again || s->earliest <= (int64_t)time(NULL)));
}

static int
needs_scan(const struct schedule *s)
{
	size_t in_hand = dispatch_in_hand(&s->dispatch);

	if (window_left(&s->window) > 0 || s->dispatch.stopping ||
	    s->runner->tasks.left > LEFT)
		return 0;
	if (s->crowded > 0 || (s->window.more && s->loaded > 0)) {
		if (is_low(s))
			return 1;
		if (s->window.more)
			return s->fair;
		if (is_worth_it(s))
			return 1;
	}
	if (s->runner->options->wait)
		return is_time(s);
	if (s->runner->options->noperands > 0)
		return 0;
	/* What is new does not wait for the slowest host. */
	return in_hand > 0 ? since_scan(s) >= SCAN_LEAST :
	    s->busy || s->loaded > 0;
}

static int
is_over(const struct schedule *s)
{
	return window_left(&s->window) == 0 &&
	    dispatch_in_hand(&s->dispatch) == 0 && s->dispatch.running == 0 &&
	    (s->dispatch.stopping || (!s->runner->options->wait &&
	    !needs_scan(s)));
}

/* How long nothing needs to be done. */
static int
timeout(const struct schedule *s, int work)
{
	int64_t now = (int64_t)time(NULL), seconds = SCAN_MOST;

	if (window_left(&s->window) > 0 && !s->dispatch.stopping &&
	    has_room(s))
		return 0;
	if (needs_scan(s) || (work == -1 && is_over(s)))
		return 0;
	if (s->runner->options->wait && s->earliest - now < seconds)
		seconds = s->earliest < now ? 0 : s->earliest - now;
	if (s->again || s->runner->moved || seconds < 1)
		seconds = 1;
	return work != -1 && work < seconds * 1000 ? work :
	    (int)seconds * 1000;
}

static void
wait_for_something(struct schedule *s, int milliseconds,
    const sigset_t *through)
{
	struct timespec t = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L };
	struct pollfd *p = s->dispatch.poll;
	size_t n = dispatch_poll(&s->dispatch);

	p[0] = (struct pollfd){ .fd = s->watch.fd, .events = POLLIN };
	if (ppoll(p, n + 1, &t, through) <= 0)
		return;
	if (p[0].revents != 0 && watch_read(&s->watch, see, s) == -1)
		s->again = 1;
	dispatch_polled(&s->dispatch);
}

/* A message that was put off has its new name for certain, and no other, no
 * later than a second after it lost the old one; many share a flush. */
static void
sync_moved(struct schedule *s)
{
	uint64_t now = ticks_now();
	struct fail ignored;

	if (!s->runner->moved || (dispatch_in_hand(&s->dispatch) > 0 &&
	    now - s->synced < SYNC_EVERY))
		return;
	if (spool_sync(&s->runner->spool, SPOOL_CUR, &ignored) == 0)
		(void)spool_sync(&s->runner->spool, SPOOL_NEW, &ignored);
	s->runner->moved = 0;
	s->synced = now;
}

/* A mistake in the configuration is no reason to leave the mail. */
static int
can_begin_anew(const struct runner *r)
{
	struct fail f = { 0 };

	if (runconf_is_good(&r->conf, r->options->conf, &f))
		return 1;
	log_line("SIGHUP: %s; the configuration stays as it was", f.text);
	return 0;
}

/* What was not begun stays due. */
static void
leave_window(struct schedule *s)
{
	const struct spool_name *name;

	while ((name = window_take(&s->window)) != NULL) {
		patterns_saw(&s->runner->patterns, name->id);
		s->runner->status = cli_worse(s->runner->status, EX_TEMPFAIL);
	}
}

static int
loop(struct schedule *s, const sigset_t *through, struct fail *f)
{
	int work;

	for (;;) {
		if (needs_scan(s)) {
			/* Once in a while those are tried again. */
			if (s->runner->options->wait)
				tasks_forget(&s->runner->tasks);
			if (scan(s, f) == -1)
				return -1;
		}
		load_some(s);
		s->dispatch.last = window_left(&s->window) == 0;
		work = dispatch_work(&s->dispatch);
		sync_moved(s);
		if (hangup && s->runner->options->wait && !stop &&
		    !s->dispatch.stopping)
			hangup = can_begin_anew(s->runner);
		if ((stop || hangup) && !s->dispatch.stopping) {
			leave_window(s);
			dispatch_stop(&s->dispatch);
			continue;
		}
		if (stop)
			dispatch_hurry(&s->dispatch, stop > 1);
		if (is_over(s))
			return 0;
		wait_for_something(s, timeout(s, work), through);
	}
}

int
schedule_run(struct runner *r, struct fail *f)
{
	struct schedule s = { .runner = r, .watch = { .fd = -1 } };
	sigset_t through;
	int rc;

	catch_signals(&through);
	if (r->options->noperands > 0)
		s.window.order = WINDOW_BY_ID;
	if (r->options->wait)
		watch_open(&s.watch, &r->spool);
	dispatch_open(&s.dispatch, r);
	rc = scan(&s, f);
	if (rc == 0)
		rc = loop(&s, &through, f);
	r->anew = r->options->wait && hangup && !stop;
	dispatch_close(&s.dispatch);
	watch_close(&s.watch);
	window_free(&s.window);
	return rc;
}

int
schedule_plan(struct runner *r, struct fail *f)
{
	struct schedule s = { .runner = r };
	const struct spool_name *name;
	int rc;

	do {
		if ((rc = scan(&s, f)) == -1)
			break;
		while ((name = window_take(&s.window)) != NULL)
			(void)loading_plan(r, name);
	} while (s.window.more);
	window_free(&s.window);
	return rc;
}
