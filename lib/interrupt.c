/* SPDX-License-Identifier: ISC */
/* interrupt: signals that end long work in good order; see interrupt.h. */

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"

static volatile sig_atomic_t came;
static volatile sig_atomic_t until; /* of conn_until */
static volatile sig_atomic_t grace; /* seconds */

/* A wait that began just when "until" was set ends nevertheless. */
static void
tick(int number)
{
	(void)number;
	(void)alarm(1);
}

static void
note(int number)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (until == 0 || until > (sig_atomic_t)now.tv_sec + grace)
		until = (sig_atomic_t)now.tv_sec + grace;
	came = number;
	tick(number);
}

void
interrupt_catch(struct conn *c, unsigned seconds)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction ticks = { .sa_handler = tick };
	struct sigaction act = { .sa_handler = note,
		.sa_flags = (int)SA_RESETHAND }, before;
	size_t i;

	grace = (sig_atomic_t)seconds;
	conn_until(c, &until);
	(void)sigaction(SIGALRM, &ticks, NULL);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &act, NULL);
}

void
interrupt_by(time_t end)
{
	until = (sig_atomic_t)end;
}

int
interrupt_came(void)
{
	return came;
}
