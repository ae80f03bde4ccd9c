/* SPDX-License-Identifier: ISC */
/*
 * hasty: a kernel for which a minute is a second, where it waits for a peer
 * that may be gone: the times of keep-alive, and TCP_USER_TIMEOUT.  What a
 * program does not set stays as it is, two hours.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

enum { MINUTE = 60 };

static int
is_time(int level, int name)
{
	return level == IPPROTO_TCP && (name == TCP_KEEPIDLE ||
	    name == TCP_KEEPINTVL || name == TCP_USER_TIMEOUT);
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t n)
{
	static int (*real)(int, int, int, const void *, socklen_t);
	int seconds;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "setsockopt");
	if (!is_time(level, name) || n != sizeof(seconds))
		return real(fd, level, name, value, n);
	seconds = (*(const int *)value + MINUTE - 1) / MINUTE;
	return real(fd, level, name, &seconds, sizeof(seconds));
}
