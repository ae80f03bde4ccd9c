/* SPDX-License-Identifier: ISC */
/* Unit test of backoff: how long a message waits, and whether it is due. */

#include "../../cmd/queue/backoff.h"
#include "unit.h"

static void
waits(void)
{
	static const int64_t minutes[] = { 1, 5, 10, 20, 40, 80, 160, 240, 240,
		240 };
	unsigned i;

	for (i = 0; i < 10; i++) {
		int64_t seconds = minutes[i] * 60, tenth = seconds / 10;

		CHECK_INT(backoff_after(i, 0), seconds - tenth);
		CHECK_INT(backoff_after(i, (uint32_t)tenth), seconds);
		CHECK_INT(backoff_after(i, (uint32_t)tenth * 2),
		    seconds + tenth);
		CHECK(backoff_after(i, UINT32_MAX) <= seconds + tenth);
	}
	CHECK(backoff_after(UINT32_MAX, UINT32_MAX) <= 15840);
}

static void
due(void)
{
	struct spool_name cur = { SPOOL_CUR, 2000000, "" };
	struct spool_name new = { SPOOL_NEW, 2000000, "" };

	CHECK(backoff_due(&cur, 2000000) && backoff_due(&new, 2000000));
	CHECK(!backoff_due(&cur, 1999999) && !backoff_due(&new, 1999999));
	CHECK(!backoff_due(&cur, 2000000 - 15840));
	/* A clock that was wrong; what is new may have been told to wait. */
	CHECK(backoff_due(&cur, 2000000 - 15841));
	CHECK(!backoff_due(&new, 2000000 - 15841));
	new.due = 0;
	CHECK(backoff_due(&new, 1));
}

int
main(void)
{
	RUN(waits);
	RUN(due);
	return unit_done();
}
