/* SPDX-License-Identifier: ISC */
/*
 * still: a clock for waits that stands still: it is so many seconds as the file
 * that STILL names has bytes, and a day.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { DAY = 86400 };

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	const char *file = getenv("STILL");
	struct stat st;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (clock != CLOCK_MONOTONIC || file == NULL || stat(file, &st) == -1)
		return real(clock, now);
	*now = (struct timespec){ DAY + (time_t)st.st_size, 0 };
	return 0;
}
