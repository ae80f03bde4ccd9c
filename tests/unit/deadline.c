/* SPDX-License-Identifier: ISC */
/* Unit test of deadline: waits that end by what came, by time, by a signal. */

#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "unit.h"

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void
ready(void)
{
	struct deadline_rules rules = { .seconds = 20 };
	struct deadline d = { .rules = &rules };
	struct pollfd p[2] = { { -1, 0, 0 }, { -1, 0, 0 } };
	struct fail f = { 0 };
	int ends[2];

	if (pipe(ends) == -1)
		abort();
	p[1] = (struct pollfd){ ends[1], POLLOUT, 0 };
	CHECK_INT(deadline_wait(&d, p, 1, &f), DEADLINE_READY);
	CHECK_INT(p[1].revents, POLLOUT);
	CHECK_INT(d.set, 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* All waits of a call have one deadline. */
static void
time_is_up(void)
{
	struct deadline_rules rules = { .seconds = 0 };
	struct deadline d = { .rules = &rules };
	struct pollfd p[2] = { { -1, 0, 0 }, { -1, 0, 0 } };
	struct fail f = { 0 };

	CHECK_INT(deadline_wait(&d, p, 0, &f), DEADLINE_FAILED);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "no answer within 0 seconds");
	rules.seconds = 1000;
	CHECK_INT(deadline_wait(&d, p, 0, &f), DEADLINE_FAILED);
	d.set = 0;
	rules.end_at = deadline_in(0) - 1;
	CHECK_INT(deadline_wait(&d, p, 0, &f), DEADLINE_FAILED);
	CHECK_STR(f.text, "not done within the time allowed");
}

static void
stopped(void)
{
	struct deadline_rules rules = { .seconds = 20, .stop = &stop };
	struct deadline d = { .rules = &rules };
	struct pollfd p[2] = { { -1, 0, 0 }, { -1, 0, 0 } };
	struct sigaction action = { .sa_handler = on_signal };
	struct fail f = { 0 };
	sigset_t block, during;

	(void)sigemptyset(&block);
	(void)sigaddset(&block, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &block, &during);
	(void)sigaction(SIGUSR1, &action, NULL);
	rules.during = &during;
	(void)raise(SIGUSR1);
	CHECK_INT(stop, 0);
	CHECK_INT(deadline_wait(&d, p, 1, &f), DEADLINE_STOPPED);
	/* Who may not be stopped waits on. */
	rules.seconds = 0;
	d.set = 0;
	CHECK_INT(deadline_wait(&d, p, 0, &f), DEADLINE_FAILED);
}

int
main(void)
{
	RUN(ready);
	RUN(time_is_up);
	RUN(stopped);
	return unit_done();
}
