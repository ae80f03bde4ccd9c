/* SPDX-License-Identifier: ISC */
/* Unit test of helpers: one serves a session, and may serve another. */

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "helpers.h"
#include "limits.h"
#include "unit.h"

enum {
	MOST = LIMIT_HELPERS + 5,
};

static struct helpers *helpers;
static time_t until; /* they take sessions */
static int leaving;  /* after the first one */

/* Says to each byte of a session which process it is. */
static void
life(void *ctx, int socket)
{
	pid_t pid = getpid();
	int channel, n = 0;
	char byte;

	while (ctx == &helpers &&
	    (channel = helpers_take(socket, until)) != -1) {
		while (read(channel, &byte, 1) == 1)
			(void)!write(channel, &pid, sizeof(pid));
		(void)close(channel);
		helpers_done(socket);
		if (leaving && n++ == 0)
			until = 0;
	}
}

static void
open_some(unsigned most)
{
	until = deadline_in(60);
	leaving = 0;
	helpers = helpers_open(most, life, &helpers);
}

/* None is left. */
static void
close_all(void)
{
	helpers_close(&helpers);
	CHECK(helpers == NULL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* Our end of a session that was given to one. */
static int
begin(void)
{
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	CHECK_INT(helpers_give(helpers, pair[1]), 0);
	(void)close(pair[1]);
	return pair[0];
}

static pid_t
ask(int session)
{
	pid_t pid = 0;

	CHECK_INT(write(session, "x", 1), 1);
	CHECK_INT(read(session, &pid, sizeof(pid)), sizeof(pid));
	return pid;
}

/* Later ones have copies of our end. */
static void
end(int session)
{
	(void)shutdown(session, SHUT_RDWR);
	(void)close(session);
}

/* Takes note of so many, at least, who say something. */
static void
hear(int want)
{
	struct pollfd fds[MOST];
	size_t n;
	int rc;

	for (; want > 0; want -= rc) {
		n = helpers_watch(helpers, fds);
		rc = poll(fds, n, -1);
		helpers_hear(helpers, fds, n);
	}
}

static void
one_after_the_other(void)
{
	int first, second;
	pid_t pid;

	open_some(MOST);
	first = begin();
	pid = ask(first);
	CHECK(pid != getpid());
	CHECK_INT(ask(first), pid);
	second = begin(); /* beside it, by another one */
	CHECK(ask(second) != pid);
	end(first);
	hear(1);
	first = begin();
	CHECK_INT(ask(first), pid);
	end(first);
	end(second);
	hear(2);
	close_all();
}

static void
dismissed(void)
{
	int first, second, third;
	pid_t pid;

	open_some(MOST);
	first = begin();
	second = begin();
	pid = ask(second);
	end(first);
	hear(1);
	helpers_dismiss(helpers);
	CHECK_INT(ask(second), pid); /* to the end of its session */
	third = begin();
	CHECK(ask(third) != pid);
	end(second);
	end(third);
	hear(1);
	close_all();
}

/* A session is for one that takes it. */
static void
left(void)
{
	int session;
	pid_t pid;

	open_some(MOST);
	leaving = 1;
	session = begin();
	pid = ask(session);
	end(session);
	hear(2); /* it is done, and gone */
	session = begin();
	CHECK(ask(session) != pid);
	end(session);
	CASE("without a note of its end");
	(void)poll(NULL, 0, 50);
	session = begin();
	(void)ask(session);
	end(session);
	close_all();
}

static void
killed(void)
{
	int session;
	pid_t pid;
	char byte;

	open_some(MOST);
	CASE("in a session");
	session = begin();
	pid = ask(session);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(read(session, &byte, 1), 0);
	end(session);
	hear(1);
	CASE("while it waits");
	session = begin();
	pid = ask(session);
	end(session);
	hear(1);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	session = begin();
	CHECK(ask(session) != pid);
	end(session);
	close_all();
}

/* More than are known serve a session all the same, and no other. */
static void
too_many(void)
{
	int first, second;
	pid_t pid;

	open_some(1);
	first = begin();
	second = begin();
	CHECK((pid = ask(second)) != ask(first));
	end(second);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	end(first);
	hear(1);
	close_all();
}

/* Those that wait are not too many. */
static void
waiting(void)
{
	struct pollfd fds[MOST];
	int sessions[MOST], i;

	open_some(MOST);
	for (i = 0; i < MOST; i++)
		(void)ask(sessions[i] = begin());
	CHECK_INT(helpers_watch(helpers, fds), MOST);
	for (i = 0; i < MOST; i++)
		end(sessions[i]);
	while (helpers_watch(helpers, fds) > LIMIT_HELPERS)
		hear(1);
	close_all();
}

/* Who has taken the last descriptor by accept(2) can still give it one. */
static void
no_descriptors(void)
{
	const struct rlimit few = { 24, 24 };
	int pairs[40], n = 0, last, session;

	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	open_some(MOST);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs),
	    0);
	while ((last = dup(pairs[0])) != -1)
		pairs[n++ + 2] = last;
	CHECK_INT(helpers_give(helpers, pairs[1]), 0);
	(void)close(pairs[1]);
	helpers_keep_room(helpers);
	session = pairs[0];
	CHECK(ask(session) > 0);
	CASE("none is left over");
	CHECK_INT(dup(session), -1);
	while (n > 0)
		(void)close(pairs[n-- + 1]);
	end(session);
	hear(1);
	close_all();
}

int
main(void)
{
	(void)alarm(60);
	RUN(one_after_the_other);
	RUN(dismissed);
	RUN(left);
	RUN(killed);
	RUN(too_many);
	RUN(waiting);
	RUN(no_descriptors);
	return unit_done();
}
