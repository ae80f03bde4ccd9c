/* SPDX-License-Identifier: ISC */
/* deadline: waits that come to an end; see deadline.h. */

#include <errno.h>

#include "deadline.h"
#include "ticks.h"

time_t
deadline_in(unsigned seconds)
{
	return ticks_seconds() + (time_t)seconds + 1; /* begun seconds */
}

/* Time until the deadline; -1 when it has passed. */
static int
time_left(struct deadline *d, struct timespec *left)
{
	const struct deadline_rules *r = d->rules;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!d->set) {
		d->set = 1;
		d->at = now;
		d->at.tv_sec += (time_t)r->seconds;
		d->end = r->end_at != 0 && r->end_at < d->at.tv_sec;
		if (d->end)
			d->at.tv_sec = r->end_at;
	}
	if (r->until != NULL && *r->until != 0 && *r->until < d->at.tv_sec) {
		d->end = 1;
		d->at.tv_sec = *r->until;
	}
	left->tv_sec = d->at.tv_sec - now.tv_sec;
	left->tv_nsec = d->at.tv_nsec - now.tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += 1000000000L;
		left->tv_sec--;
	}
	return left->tv_sec < 0 ? -1 : 0;
}

static int
time_is_up(const struct deadline *d, struct fail *f)
{
	if (d->end)
		return fail_set(f, EX_TEMPFAIL,
		    "not done within the time allowed");
	return fail_set(f, EX_TEMPFAIL, "no answer within %u seconds",
	    d->rules->seconds);
}

int
deadline_wait(struct deadline *d, struct pollfd p[2], int stoppable,
    struct fail *f)
{
	const struct deadline_rules *r = d->rules;
	struct timespec left;
	int n;

	for (;;) {
		if (stoppable && r->stop != NULL && *r->stop)
			return DEADLINE_STOPPED;
		if (time_left(d, &left) == -1)
			return time_is_up(d, f);
		n = ppoll(p, 2, &left, stoppable ? r->during : NULL);
		if (n > 0)
			return DEADLINE_READY;
		if (n == -1 && errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "poll");
	}
}
