/* SPDX-License-Identifier: ISC */
/* Tests of filelock. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "filelock.h"
#include "unit.h"

static char path[] = "/tmp/mailpipe-unit.XXXXXX";
static int a, b; /* opened each by itself */

static void
ranges(void)
{
	CHECK_INT(filelock_take(a, 0, 2), 0);
	CHECK_INT(filelock_take(b, 2, 1), 0);
	errno = 0;
	CHECK_INT(filelock_take(b, 1, 1), -1);
	CHECK_INT(errno, EAGAIN);
	CHECK_INT(filelock_take(b, 1, 0), -1);
	CHECK_INT(filelock_is_held(b, 0, 1), 1);
	CHECK_INT(filelock_is_held(b, 2, 0), 0);
	CHECK_INT(filelock_is_held(a, 0, 2), 0);
	CHECK_INT(filelock_is_held(a, 0, 0), 1);
	filelock_drop(a, 0, 0);
	filelock_drop(b, 0, 0);
	CHECK_INT(filelock_is_held(b, 0, 0), 0);
	CHECK_INT(filelock_take(b, 0, 0), 0);
	CHECK_INT(filelock_is_held(a, 1000000, 1), 1);
	CHECK_INT(filelock_is_whole(a), 1);
	CHECK_INT(filelock_is_whole(b), 0);
	filelock_drop(b, 0, 0);
	CHECK_INT(filelock_take(b, 0, 10), 0);
	CHECK_INT(filelock_is_whole(a), 0);
	CHECK_INT(filelock_is_held(-1, 0, 0), -1);
	CHECK_INT(filelock_is_whole(-1), -1);
	filelock_drop(b, 0, 0);
}

/* Who shares the open file has its lock, and can let go of it. */
static void
shared(void)
{
	int copy = dup(a);

	CHECK_INT(filelock_take(a, 0, 0), 0);
	CHECK_INT(filelock_take(copy, 0, 0), 0);
	CHECK(close(copy) == 0);
	CHECK_INT(filelock_is_held(b, 0, 0), 1);
	copy = dup(a);
	filelock_drop(copy, 0, 0);
	CHECK(close(copy) == 0);
	CHECK_INT(filelock_is_held(b, 0, 0), 0);
}

static void
replaced(void)
{
	char other[64];

	CHECK_INT(filelock_is_at(a, AT_FDCWD, path), 1);
	(void)snprintf(other, sizeof(other), "%s.other", path);
	CHECK(rename(path, other) == 0);
	CHECK_INT(filelock_is_at(a, AT_FDCWD, path), 0);
	CHECK_INT(filelock_is_at(a, AT_FDCWD, other), 1);
	CHECK(close(open(path, O_CREAT | O_RDWR, 0600)) == 0);
	CHECK_INT(filelock_is_at(a, AT_FDCWD, path), 0);
	CHECK(unlink(path) == 0 && symlink(other, path) == 0);
	CHECK_INT(filelock_is_at(a, AT_FDCWD, path), 0);
	CHECK(unlink(other) == 0);
	CHECK_INT(filelock_is_at(a, AT_FDCWD, other), 0);
	CHECK(unlink(path) == 0);
}

int
main(void)
{
	a = mkstemp(path);
	b = open(path, O_RDWR);
	CHECK(a != -1 && b != -1);
	RUN(ranges);
	RUN(shared);
	RUN(replaced);
	return unit_done();
}
