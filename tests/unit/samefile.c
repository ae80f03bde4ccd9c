/* SPDX-License-Identifier: ISC */
/* Tests of samefile. */

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "samefile.h"
#include "unit.h"

static char path[] = "/tmp/mailpipe-unit.XXXXXX";
static char other[sizeof(path) + 2];

static struct stat
look(const char *name)
{
	struct stat st;

	if (stat(name, &st) == -1)
		abort();
	return st;
}

/* What the kernel's clock counts by must have passed. */
static void
pause_a_tick(void)
{
	while (poll(NULL, 0, 20) == -1)
		;
}

static void
names(void)
{
	struct stat file = look(path), now;

	CHECK(rename(path, other) == 0);
	now = look(other);
	CHECK(samefile(&file, &now));
	CHECK(rename(other, path) == 0);
	CHECK(close(open(other, O_WRONLY | O_CREAT, 0600)) == 0);
	now = look(other);
	CHECK(!samefile(&file, &now));
	CHECK(!samefile_unwritten(&file, &now));
	now = file;
	now.st_dev++;
	CHECK(!samefile(&file, &now));
	CHECK(unlink(other) == 0);
}

static void
written(void)
{
	int fd = open(path, O_WRONLY);
	struct stat before, now;
	struct timespec times[2];

	CHECK(write(fd, "ab", 2) == 2);
	before = look(path);
	CHECK(samefile_unwritten(&before, &before));
	pause_a_tick();
	CHECK(pwrite(fd, "c", 1, 0) == 1);
	now = look(path);
	CHECK(samefile(&before, &now) && !samefile_unwritten(&before, &now));

	/* As cp -p does. */
	times[0] = times[1] = before.st_mtim;
	CHECK(futimens(fd, times) == 0);
	now = look(path);
	CHECK(now.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
	CHECK(!samefile_unwritten(&before, &now));

	/* Within a tick only the size tells. */
	now = before;
	now.st_size++;
	CHECK(!samefile_unwritten(&before, &now));
	CHECK(close(fd) == 0);
}

int
main(void)
{
	int fd = mkstemp(path);

	(void)snprintf(other, sizeof(other), "%s.2", path);
	if (fd == -1 || close(fd) == -1)
		return 1;
	RUN(names);
	RUN(written);
	(void)unlink(path);
	return unit_done();
}
