/* SPDX-License-Identifier: ISC */
/* Tests of ticks. */

#include <poll.h>

#include "ticks.h"
#include "unit.h"

static void
going_on(void)
{
	uint64_t before = ticks_now(), after;
	time_t seconds = ticks_seconds();

	CHECK(before > 0);
	CHECK((uint64_t)seconds * 1000 + 999 >= before);
	while (poll(NULL, 0, 20) == -1)
		;
	after = ticks_now();
	CHECK(after >= before + 19);
	CHECK((uint64_t)seconds * 1000 <= after);
	CHECK(ticks_seconds() >= seconds);
}

int
main(void)
{
	RUN(going_on);
	return unit_done();
}
