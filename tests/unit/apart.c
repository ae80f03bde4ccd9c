/* SPDX-License-Identifier: ISC */
/* Unit test of apart: a process of its own, and what goes to and fro. */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"
#include "unit.h"

/* Answers each byte with the next one, and the last with a descriptor. */
static void
serve(void *ctx, int fd)
{
	int *given = ctx, null;
	char c;

	/* The others are closed. */
	if (fcntl(*given, F_GETFD) != -1)
		_exit(1);
	while (apart_get(fd, &c, 1) == 0 && c != 'z') {
		c++;
		if (apart_put(fd, &c, 1) == -1)
			_exit(1);
	}
	if (c == 'z' && (null = open("/dev/null", O_RDONLY)) != -1)
		(void)apart_give(fd, null);
}

static void
asked(void)
{
	int other = dup(STDERR_FILENO), fd;
	struct apart p = { .fd = -1 };
	struct fail f = { 0 };
	char answer[3];

	CHECK_INT(apart_start(&p, serve, &other, &f), 0);
	CHECK_INT(apart_ask(&p, SLICE("a"), SLICE("bx")), 0);
	CHECK_INT(apart_get(p.fd, answer, 3), 0);
	CHECK(memcmp(answer, "bcy", 3) == 0);
	CHECK_INT(apart_ask(&p, SLICE("z"), SLICE("")), 0);
	fd = apart_take(p.fd);
	CHECK(fd != -1);
	CHECK_INT(read(fd, answer, 1), 0);
	(void)close(fd);
	CHECK_INT(apart_get(p.fd, answer, 1), -1); /* it is gone */
	CHECK_INT(apart_take(p.fd), -1);
	apart_end(&p);
	CHECK_INT(waitpid(-1, NULL, 0), -1);
	(void)close(other);
}

/* Whoever is to start it is another; what was put there waits for it. */
static void
awaited(void)
{
	struct apart p = { .fd = -1 };
	char byte = 0;
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	apart_await(&p, pair[0]);
	CHECK_INT(apart_ask(&p, SLICE("a"), SLICE("")), 0);
	CHECK_INT(apart_get(pair[1], &byte, 1), 0);
	CHECK_INT(byte, 'a');
	CHECK_INT(apart_put(pair[1], "b", 1), 0);
	(void)close(pair[1]);
	apart_end(&p);
	/* Nobody was asked: nobody is waited for. */
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	apart_await(&p, pair[0]);
	apart_end(&p);
	CHECK_INT(apart_get(pair[1], &byte, 1), -1);
	(void)close(pair[1]);
}

/* Ends with the other end, or comes too late to see it end. */
static void
wait_tied(void *ctx, int fd)
{
	const int *late = ctx;
	char c;

	if (*late)
		(void)apart_get(fd, &c, 1);
	apart_tie(fd);
	(void)apart_put(fd, "a", 1);
	for (;;)
		(void)pause();
}

static void
tied(void)
{
	struct apart p = { .fd = -1 };
	struct fail f = { 0 };
	int late, status;
	char byte = 0;

	for (late = 0; late < 2; late++) {
		CHECK_INT(apart_start(&p, wait_tied, &late, &f), 0);
		if (!late)
			CHECK_INT(apart_get(p.fd, &byte, 1), 0);
		(void)close(p.fd);
		CHECK_INT(waitpid(p.pid, &status, 0), p.pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
	}
}

/* One that takes and answers nothing, until it is let go. */
static void
keep_silent(void *ctx, int fd)
{
	(void)ctx;
	while (recv(fd, (char[1]){ 0 }, 1, MSG_PEEK) == 1)
		(void)poll(NULL, 0, 10);
}

static void
limited(void)
{
	static char much[1 << 20];
	int other = dup(STDERR_FILENO);
	struct apart p = { .fd = -1 };
	struct fail f = { 0 };
	char answer;

	CHECK_INT(apart_start(&p, serve, &other, &f), 0);
	apart_limit(&p, 60);
	CHECK_INT(apart_ask(&p, SLICE("a"), SLICE("")), 0);
	CHECK_INT(apart_hear(&p, &answer, 1), 0);
	CHECK_INT(answer, 'b');
	apart_end(&p);
	(void)close(other);
	p = (struct apart){ .fd = -1 };
	CHECK_INT(apart_start(&p, keep_silent, NULL, &f), 0);
	apart_limit(&p, 1);
	CHECK_INT(apart_ask(&p, SLICE("a"), SLICE("")), 0);
	CASE("no answer");
	CHECK_INT(apart_hear(&p, &answer, 1), -1);
	CASE("what is put is not taken");
	CHECK_INT(apart_ask(&p, SLICE("a"),
	    (struct slice){ much, sizeof(much) }), -1);
	(void)kill(p.pid, SIGKILL);
	apart_end(&p);
}

int
main(void)
{
	RUN(asked);
	RUN(awaited);
	RUN(tied);
	RUN(limited);
	return unit_done();
}
