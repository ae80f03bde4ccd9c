/* SPDX-License-Identifier: ISC */
/* ticks: time that only goes on; see ticks.h. */

#include "ticks.h"

uint64_t
ticks_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

time_t
ticks_seconds(void)
{
	return (time_t)(ticks_now() / 1000);
}
