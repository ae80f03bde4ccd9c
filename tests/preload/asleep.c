/* SPDX-License-Identifier: ISC */
/*
 * asleep: a machine that sleeps: the clock that counts sleep is ahead by as
 * many seconds as the file that ASLEEP names has bytes, and a timer on it ends
 * soon, so that whoever has one wakes up and looks.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>

enum { SOON = 50000000 }; /* nanoseconds */

static time_t
slept(void)
{
	const char *file = getenv("ASLEEP");
	struct stat st;

	return file != NULL && stat(file, &st) == 0 ? (time_t)st.st_size : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int rc;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	rc = real(clock, now);
	if (rc == 0 && clock == CLOCK_BOOTTIME)
		now->tv_sec += slept();
	return rc;
}

int
timerfd_settime(int fd, int flags, const struct itimerspec *at,
    struct itimerspec *was)
{
	static int (*real)(int, int, const struct itimerspec *,
	    struct itimerspec *);
	struct itimerspec soon = *at;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "timerfd_settime");
	if (soon.it_value.tv_sec > 0 || soon.it_value.tv_nsec > SOON)
		soon.it_value = (struct timespec){ 0, SOON };
	return real(fd, flags, &soon, was);
}
