/* SPDX-License-Identifier: ISC */
/* stop: signals put off while there is something to clean up; see stop.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "stop.h"

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

static struct sigaction before[SIGNALS];
static volatile sig_atomic_t noted; /* the signal, or 0 */

static void
note(int signal)
{
	noted = signal;
}

void
stop_catch(void)
{
	struct sigaction catch = { .sa_handler = note,
		.sa_flags = SA_RESETHAND };
	int i;

	(void)sigemptyset(&catch.sa_mask);
	for (i = 0; i < SIGNALS; i++) {
		(void)sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &catch, NULL);
	}
}

/* Signals are let through only in ppoll(2): one that comes between the look
 * at "noted" and the wait ends the wait. */
int
stop_wait(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t held, free;
	int i;

	(void)sigemptyset(&held);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaddset(&held, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &free);
	while (!noted && ppoll(&p, 1, NULL, &free) == -1 && errno == EINTR)
		;
	(void)sigprocmask(SIG_SETMASK, &free, NULL);
	return noted != 0;
}

int
stop_noted(void)
{
	return noted != 0;
}

void
stop_release(void)
{
	int i;

	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	if (noted)
		(void)raise(noted);
}
