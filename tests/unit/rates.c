/* SPDX-License-Identifier: ISC */
/* Unit test of rates: minutes, kinds, many addresses, many processes. */

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limits.h"
#include "rates.h"
#include "unit.h"

static const struct rates_limit two = { RATES_MESSAGES, 2 };

static void
minutes(void)
{
	static const struct {
		const char *name;
		uint32_t now;
		int want;
	} cases[] = {
		{ "the first", 1000, 1 },
		{ "the second", 1059, 1 },
		{ "one too many", 1059, 0 },
		{ "what was refused is not counted", 1060, 1 },
		{ "the minute began with the first", 1061, 1 },
		{ "one too many again", 1061, 0 },
		{ "a clock that was read before", 1059, 0 },
		{ "long after", 100000, 1 },
	};
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_INT(rates_count(r, 7, two, cases[i].now),
		    cases[i].want);
	}
	rates_close(&r);
	CHECK(r == NULL);
	rates_close(&r);
}

static void
apart(void)
{
	static const struct rates_limit any = { RATES_MESSAGES, 0 },
		other = { RATES_RECIPIENTS, 1 };
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);

	CHECK_INT(rates_count(r, 7, two, 1), 1);
	CHECK_INT(rates_count(r, 7, two, 1), 1);
	CHECK_INT(rates_count(r, 7, two, 1), 0);
	CHECK_INT(rates_count(r, 7, any, 1), 1);
	CHECK_INT(rates_count(r, 7, other, 1), 1);
	CHECK_INT(rates_count(r, 7, other, 1), 0);
	CHECK_INT(rates_count(r, 8, two, 1), 1);
	CHECK_INT(rates_count(r, UINT64_MAX, two, 1), 1);
	rates_close(&r);
}

/* Who has no address shares no place with others who have none. */
static void
none(void)
{
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	unsigned i;

	for (i = 0; i < 10; i++)
		CHECK_INT(rates_count(r, 0, two, 1), 1);
	rates_close(&r);
}

/* One that asks all the time has its count, however many others come and go;
 * one that does not is forgotten. */
static void
eviction(void)
{
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	uint32_t now = 1;
	unsigned i, others = 0;

	for (i = 0; i < 2; i++) {
		CHECK_INT(rates_count(r, 7, two, now), 1);
		CHECK_INT(rates_count(r, 8, two, now), 1);
	}
	for (i = 1; i <= 8 * LIMIT_RATES; i++) {
		if (i % 1024 != 0) {
			others += !rates_count(r, 8 + i, two, now);
			continue;
		}
		/* A minute later it begins anew, and is at its limit again. */
		now += 60;
		(void)rates_count(r, 7, two, now);
		(void)rates_count(r, 7, two, now);
	}
	CHECK_INT(others, 0);
	CHECK_INT(rates_count(r, 7, two, now), 0);
	/* Within the minute that it has used up, had it been kept. */
	CHECK_INT(rates_count(r, 8, two, 2), 1);
	rates_close(&r);
}

/* More than there is room for: nobody is refused for others, and most of the
 * last ones are known. */
static void
addresses(void)
{
	static const struct rates_limit once = { RATES_CONNECTIONS, 1 };
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	unsigned i, refused = 0, kept = 0;

	for (i = 1; i <= 4 * LIMIT_RATES; i++)
		refused += !rates_count(r, i, once, i / 1000);
	CHECK_INT(refused, 0);
	for (i = 4 * LIMIT_RATES; i > 3 * LIMIT_RATES; i--)
		kept += !rates_count(r, i, once, 4 * LIMIT_RATES / 1000);
	/* The last ones, but where chance put too many together. */
	CHECK(kept > LIMIT_RATES / 2);
	CHECK(kept < LIMIT_RATES);
	rates_close(&r);
}

static void
processes(void)
{
	enum { MANY = 8, EACH = 1000 };
	static const struct rates_limit limit = { RATES_RECIPIENTS,
		MANY * EACH / 2 };
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	unsigned i, n;
	int done[2], counted = 0, one;

	CHECK_INT(pipe(done), 0);
	for (i = 0; i < MANY; i++)
		if (fork() == 0) {
			for (one = 0, n = 0; n < EACH; n++)
				one += rates_count(r, 7, limit, 1);
			_exit(write(done[1], &one, sizeof(one)) !=
			    (ssize_t)sizeof(one));
		}
	(void)close(done[1]);
	while (read(done[0], &one, sizeof(one)) == (ssize_t)sizeof(one))
		counted += one;
	while (wait(NULL) > 0)
		continue;
	CHECK_INT(counted, MANY * EACH / 2);
	(void)close(done[0]);
	rates_close(&r);
}

/* Of what two processes bring at the same moment, each time for another new
 * network, one each is let through. */
static void
newcomers(void)
{
	enum { NETWORKS = 5000 };
	static const struct rates_limit once = { RATES_MESSAGES, 1 };
	struct fail f = { 0 };
	struct rates *r = rates_open(&f);
	_Atomic unsigned *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned i;
	pid_t child = fork();

	for (i = 1; i <= NETWORKS; i++) {
		shared[0]++;
		while (shared[0] < 2 * i)
			(void)sched_yield();
		shared[1] += (unsigned)rates_count(r, i, once, i / 100);
	}
	if (child == 0)
		_exit(0);
	CHECK_INT(waitpid(child, NULL, 0), child);
	CHECK(shared[1] >= NETWORKS);
	/* One that is stopped while it takes a place is not waited for long. */
	CHECK(shared[1] <= NETWORKS + 10);
	(void)munmap((void *)shared, 4096);
	rates_close(&r);
}

int
main(void)
{
	RUN(minutes);
	RUN(apart);
	RUN(none);
	RUN(eviction);
	RUN(addresses);
	RUN(processes);
	RUN(newcomers);
	return unit_done();
}
