/* SPDX-License-Identifier: ISC */
/* schedule: the loop of a run; see schedule.h.  What is due is for look. */

#include <signal.h>
#include <time.h>

#include "cli.h"
#include "loading.h"
#include "log.h"
#include "look.h"
#include "runconf.h"
#include "schedule.h"
#include "ticks.h"
#include "watch.h"

enum {
	SYNC_EVERY = 1000, /* milliseconds */
};

struct schedule {
	struct runner *runner;
	struct dispatch dispatch;
	struct look look;
	struct watch watch;
	uint64_t synced; /* ticks_now: cur/ */
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
is_over(const struct schedule *s)
{
	return window_left(&s->look.window) == 0 &&
	    dispatch_in_hand(&s->dispatch) == 0 && s->dispatch.running == 0 &&
	    (s->dispatch.stopping || (!s->runner->options->wait &&
	    !look_is_needed(&s->look)));
}

/* How long nothing needs to be done. */
static int
timeout(const struct schedule *s, int work)
{
	int64_t now = (int64_t)time(NULL), seconds = LOOK_MOST;

	if (look_can_load(&s->look) && !s->dispatch.stopping)
		return 0;
	if (look_is_needed(&s->look) || (work == -1 && is_over(s)))
		return 0;
	if (s->runner->options->wait && s->look.earliest - now < seconds)
		seconds = s->look.earliest < now ? 0 : s->look.earliest - now;
	if (s->look.again || s->runner->moved || seconds < 1)
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
	if (p[0].revents != 0 &&
	    watch_read(&s->watch, look_see, &s->look) == -1)
		s->look.again = 1;
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

	while ((name = window_take(&s->look.window)) != NULL) {
		patterns_saw(&s->runner->patterns, name->id);
		s->runner->status = cli_worse(s->runner->status, EX_TEMPFAIL);
	}
}

static int
loop(struct schedule *s, const sigset_t *through, struct fail *f)
{
	int work;

	for (;;) {
		if (look_is_needed(&s->look)) {
			/* Once in a while those are tried again. */
			if (s->runner->options->wait)
				tasks_forget(&s->runner->tasks);
			if (look_scan(&s->look, f) == -1)
				return -1;
		}
		look_load(&s->look);
		s->dispatch.last = window_left(&s->look.window) == 0;
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
	struct schedule s = { .runner = r, .watch = { .fd = -1 },
		.look = { .runner = r, .dispatch = &s.dispatch } };
	sigset_t through;
	int rc;

	catch_signals(&through);
	if (r->options->noperands > 0)
		s.look.window.order = WINDOW_BY_ID;
	if (r->options->wait)
		watch_open(&s.watch, &r->spool);
	dispatch_open(&s.dispatch, r);
	rc = look_scan(&s.look, f);
	if (rc == 0)
		rc = loop(&s, &through, f);
	r->anew = r->options->wait && hangup && !stop;
	dispatch_close(&s.dispatch);
	watch_close(&s.watch);
	window_free(&s.look.window);
	return rc;
}

int
schedule_plan(struct runner *r, struct fail *f)
{
	struct dispatch nothing = { 0 };
	struct look look = { .runner = r, .dispatch = &nothing };
	const struct spool_name *name;
	int rc;

	do {
		if ((rc = look_scan(&look, f)) == -1)
			break;
		while ((name = window_take(&look.window)) != NULL)
			(void)loading_plan(r, name);
	} while (look.window.more);
	window_free(&look.window);
	return rc;
}
