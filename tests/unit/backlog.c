/* SPDX-License-Identifier: ISC */
/* Unit test of backlog: readers that take their time. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "backlog.h"
#include "unit.h"

enum { MUCH = 400000 };

static char
pattern(size_t at)
{
	return (char)('a' + at % 23);
}

/* Puts the bytes from "at" on, in pieces of many sizes. */
static void
put(struct backlog *b, size_t at, size_t n)
{
	static char bytes[10000];
	size_t end = at + n, i, size;

	for (; at < end; at += size) {
		size = 1 + at % sizeof(bytes);
		if (size > end - at)
			size = end - at;
		for (i = 0; i < size; i++)
			bytes[i] = pattern(at + i);
		CHECK_INT(backlog_put(b, (struct slice){ bytes, size }), 0);
	}
}

/* Reads "n" bytes, and counts those that are not what comes at "at". */
static size_t
wrong_bytes(int fd, size_t at, size_t n)
{
	char bytes[4096];
	size_t end = at + n, wrong = 0;

	while (at < end) {
		ssize_t got = read(fd, bytes, end - at < sizeof(bytes) ?
		    end - at : sizeof(bytes));

		if (got <= 0)
			return end - at + wrong;
		for (ssize_t i = 0; i < got; i++)
			wrong += bytes[i] != pattern(at++);
	}
	return wrong;
}

/* Nobody reads, then somebody some, then all of it is read. */
static void
slow_reader(const int fd[2])
{
	struct backlog *b = backlog_new(fd[1]);
	int flags = fcntl(fd[1], F_GETFL);
	int status = -1;
	pid_t pid;

	put(b, 0, MUCH);
	CHECK_INT(wrong_bytes(fd[0], 0, 4096), 0);
	put(b, MUCH, 10);
	if ((pid = fork()) == 0)
		_exit(wrong_bytes(fd[0], 4096, 2 * MUCH + 10 - 4096) != 0);
	put(b, MUCH + 10, MUCH);
	CHECK_INT(backlog_flush(b), 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_INT(fcntl(fd[1], F_GETFL), flags);
	backlog_free(&b);
	CHECK(b == NULL);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

static void
of_pipe(void)
{
	int fd[2];

	CHECK_INT(pipe(fd), 0);
	slow_reader(fd);
}

static void
of_socket(void)
{
	int fd[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	slow_reader(fd);
}

/* One that is stopped, as by ^S: what is behind it never waits. */
static void
of_terminal(void)
{
	int fd[2];
	struct termios raw;

	fd[0] = posix_openpt(O_RDWR | O_NOCTTY);
	CHECK_INT(grantpt(fd[0]) | unlockpt(fd[0]), 0);
	fd[1] = open(ptsname(fd[0]), O_RDWR | O_NOCTTY);
	CHECK_INT(tcgetattr(fd[1], &raw), 0);
	cfmakeraw(&raw);
	CHECK_INT(tcsetattr(fd[1], TCSANOW, &raw), 0);
	slow_reader(fd);
}

/* What is taken at once is not kept, and waits for no flush. */
static void
at_once(void)
{
	int fd[2];
	struct backlog *b;

	CHECK_INT(pipe(fd), 0);
	b = backlog_new(fd[1]);
	for (size_t at = 0; at < MUCH; at += 5000) {
		put(b, at, 5000);
		CHECK_INT(wrong_bytes(fd[0], at, 5000), 0);
	}
	/* The same after something was kept. */
	put(b, 0, MUCH);
	for (size_t at = 0; at < MUCH; at += 4096) {
		CHECK_INT(wrong_bytes(fd[0], at,
		    at + 4096 < MUCH ? 4096 : MUCH - at), 0);
		CHECK_INT(backlog_put(b, SLICE("")), 0);
	}
	backlog_free(&b);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* A file takes all. */
static void
of_file(void)
{
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	int fd = mkstemp(path);
	struct backlog *b = backlog_new(fd);

	(void)unlink(path);
	put(b, 0, MUCH);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_INT(wrong_bytes(fd, 0, MUCH), 0);
	CHECK_INT(backlog_flush(b), 0);
	backlog_free(&b);
	(void)close(fd);
}

static void
nobody_reads(void)
{
	int fd[2];
	struct backlog *b;

	CHECK_INT(pipe(fd), 0);
	b = backlog_new(fd[1]);
	put(b, 0, MUCH);
	(void)close(fd[0]);
	CHECK_INT(backlog_put(b, SLICE("more")), -1);
	CHECK_INT(errno, EPIPE);
	CHECK_INT(backlog_no_room(b), 0);
	CHECK_INT(backlog_flush(b), -1);
	CHECK_INT(errno, EPIPE);
	backlog_free(&b);
	(void)close(fd[1]);
}

/* No room where it is kept. */
static void
no_room(void)
{
	struct rlimit before, limit;
	int fd[2], rc = 0;
	struct backlog *b;
	static char bytes[65536];

	CHECK_INT(pipe(fd), 0);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 200000;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	b = backlog_new(fd[1]);
	for (int i = 0; i < 20 && rc == 0; i++)
		rc = backlog_put(b, (struct slice){ bytes, sizeof(bytes) });
	CHECK_INT(rc, -1);
	CHECK_INT(errno, EFBIG);
	CHECK_INT(backlog_no_room(b), 1);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	backlog_free(&b);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

static void
no_directory(void)
{
	int fd[2];
	struct backlog *b;
	static char bytes[100000];

	CHECK_INT(pipe(fd), 0);
	CHECK_INT(setenv("TMPDIR", "/nonexistent", 1), 0);
	b = backlog_new(fd[1]);
	CHECK_INT(backlog_put(b, (struct slice){ bytes, sizeof(bytes) }), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(backlog_no_room(b), 1);
	CHECK_INT(unsetenv("TMPDIR"), 0);
	backlog_free(&b);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	RUN(of_pipe);
	RUN(of_socket);
	RUN(of_terminal);
	RUN(at_once);
	RUN(of_file);
	RUN(nobody_reads);
	RUN(no_room);
	RUN(no_directory);
	return unit_done();
}
