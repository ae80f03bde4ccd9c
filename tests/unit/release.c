/* SPDX-License-Identifier: ISC */
/* Unit test of release: what was removed is closed soon, and by another. */

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cmd/queue/release.h"
#include "unit.h"

enum { FILES = 100 };

static int fds[FILES];

static void
open_some(void)
{
	int i;

	for (i = 0; i < FILES; i++)
		CHECK((fds[i] = open("/dev/null", O_RDONLY)) != -1);
}

static size_t
still_open(void)
{
	size_t n = 0, i;

	for (i = 0; i < FILES; i++)
		n += fcntl(fds[i], F_GETFD) != -1;
	return n;
}

static void
nothing_is_left(struct release *r)
{
	release_all(r);
	CHECK_INT(still_open(), 0);
	CHECK_INT(r->n, 0);
	errno = 0;
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
	CHECK_INT(errno, ECHILD);
}

static void
many(void)
{
	struct release r = { 0 };
	size_t i;

	open_some();
	for (i = 0; i < FILES; i++) {
		release_file(&r, fds[i], 4096);
		CHECK(r.n < RELEASE_FILES);
		CHECK_INT(still_open(), FILES - i - 1 + r.n);
	}
	CHECK(r.n > 0 && r.closing > 0);
	nothing_is_left(&r);
	nothing_is_left(&r);
}

/* The room that they take is not kept, either. */
static void
large(void)
{
	struct release r = { 0 };
	size_t i;

	open_some();
	for (i = 0; i < FILES; i++) {
		release_file(&r, fds[i], i % 2 == 0 ? 1 : UINT32_MAX);
		CHECK_INT(r.n, i % 2 == 0);
	}
	nothing_is_left(&r);
}

int
main(void)
{
	RUN(many);
	RUN(large);
	return unit_done();
}
