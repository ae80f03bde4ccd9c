/* SPDX-License-Identifier: ISC */
/*
 * overtaken: somebody else removes each file a moment before this process does.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int
unlinkat(int dir, const char *path, int flags)
{
	(void)syscall(SYS_unlinkat, dir, path, flags);
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}
