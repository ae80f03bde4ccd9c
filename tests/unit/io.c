/* SPDX-License-Identifier: ISC */
/* Unit test of io: all bytes, through a pipe that takes them piecemeal. */

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "unit.h"

enum { SIZE = 300000 }; /* more than a pipe holds */

static char sent[SIZE], got[SIZE + 1];

static void
through_a_pipe(void)
{
	int p[2], status;
	pid_t pid;
	size_t i;

	for (i = 0; i < SIZE; i++)
		sent[i] = (char)(i * 31 >> 3);
	if (pipe(p) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)close(p[0]);
		_exit(io_write(p[1], (struct slice){ sent, SIZE }) == 0 ? 0 :
		    1);
	}
	(void)close(p[1]);
	CHECK_INT(io_read(p[0], got, 10), 10);
	CHECK_INT(io_read(p[0], got + 10, SIZE), SIZE - 10);
	CHECK_INT(io_read(p[0], got, 0), 0);
	CHECK(memcmp(sent, got, SIZE) == 0);
	(void)close(p[0]);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
failures(void)
{
	char c;

	CHECK_INT(io_write(-1, SLICE("x")), -1);
	CHECK_INT(errno, EBADF);
	CHECK_INT(io_write(-1, SLICE("")), 0);
	CHECK_INT(io_read(-1, &c, 1), -1);
	CHECK_INT(errno, EBADF);
}

int
main(void)
{
	RUN(through_a_pipe);
	RUN(failures);
	return unit_done();
}
