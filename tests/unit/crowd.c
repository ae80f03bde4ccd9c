/* SPDX-License-Identifier: ISC */
/* Unit test of crowd: places, as several processes see them. */

#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "unit.h"

static void
places(void)
{
	struct fail f = { 0 };
	struct crowd *c = crowd_open(3, &f);

	CHECK(c != NULL);
	CHECK_INT(crowd_count(c, 7), 0);
	CHECK_INT(crowd_count(c, 0), 3);
	crowd_set(c, 0, 7);
	crowd_set(c, 2, 7);
	crowd_set(c, 1, UINT64_MAX);
	CHECK_INT(crowd_count(c, 7), 2);
	CHECK_INT(crowd_count(c, UINT64_MAX), 1);
	crowd_set(c, 2, 0);
	CHECK_INT(crowd_count(c, 7), 1);
	crowd_close(&c);
	CHECK(c == NULL);
	crowd_close(&c);
}

static void
processes(void)
{
	enum { MANY = 20 };
	struct fail f = { 0 };
	struct crowd *c = crowd_open(MANY, &f);
	unsigned i;

	for (i = 0; i < MANY; i++)
		if (fork() == 0) {
			crowd_set(c, i, 7 + i % 2);
			_exit(0);
		}
	while (wait(NULL) > 0)
		continue;
	CHECK_INT(crowd_count(c, 7), MANY / 2);
	CHECK_INT(crowd_count(c, 8), MANY / 2);
	crowd_close(&c);
}

static void
too_many(void)
{
	struct fail f = { 0 };

	CHECK(crowd_open(0, &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
}

int
main(void)
{
	RUN(places);
	RUN(processes);
	RUN(too_many);
	return unit_done();
}
