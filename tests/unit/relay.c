/* SPDX-License-Identifier: ISC */
/* Unit test of relay: a process between a client and a server, which are both
 * this one. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay.h"
#include "unit.h"

enum { MUCH = 3000000 };

static volatile sig_atomic_t stop;
static int count[2];	/* a pipe, on which the relay says that: */
static uint64_t passed; /* bytes of the client, and 100 */

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* A relay in a process of its own, which has read a line before; its ends. */
static pid_t
start(int *client, int *server)
{
	int outer[2], inner[2];
	pid_t pid;

	CHECK_INT(pipe(count), 0);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, outer), 0);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, inner), 0);
	CHECK_INT(write(outer[1], "first\r\nsecond\r\n", 15), 15);
	if ((pid = fork()) == 0) {
		struct conn *c = conn_new(outer[0], outer[0]);
		struct conn_line line;
		struct fail f = { 0 };
		sigset_t blocked, before;
		int rc;

		(void)close(outer[1]);
		(void)close(inner[1]);
		(void)signal(SIGTERM, on_signal);
		(void)sigemptyset(&blocked);
		(void)sigaddset(&blocked, SIGTERM);
		(void)sigprocmask(SIG_BLOCK, &blocked, &before);
		conn_stoppable(c, &stop, &before);
		if (conn_line(c, 100, CONN_COMMAND, &line, &f) != CONN_LINE)
			_exit(1);
		(void)buf_adds(conn_out(c), "reply\r\n");
		passed = 100;
		rc = relay_run(c, inner[0], &passed, &f);
		conn_close(&c);
		(void)!write(count[1], &passed, sizeof(passed));
		_exit(rc == 0 ? 0 : f.class);
	}
	(void)close(count[1]);
	(void)close(outer[0]);
	(void)close(inner[0]);
	*client = outer[1];
	*server = inner[1];
	return pid;
}

static int
status_of(pid_t pid)
{
	int status = -1;

	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(read(count[0], &passed, sizeof(passed)), sizeof(passed));
	(void)close(count[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Exactly these bytes come. */
static void
comes(int fd, const char *want)
{
	char got[100] = "";
	size_t n = 0;
	ssize_t more = 1;

	while (n < strlen(want) && (more = read(fd, got + n,
	    strlen(want) - n)) > 0)
		n += (size_t)more;
	CHECK_STR(got, want);
}

static void
ends(int fd)
{
	char byte;

	CHECK_INT(read(fd, &byte, 1), 0);
}

static void
both_ways(void)
{
	char rest[2];
	int client, server;
	pid_t pid = start(&client, &server);

	comes(client, "reply\r\n"); /* what was not flushed */
	comes(server, "second\r\n"); /* what was not consumed */
	CHECK_INT(write(client, "a\0b", 3), 3);
	comes(server, "a");
	CHECK_INT(write(server, "c", 1), 1);
	comes(client, "c");
	/* The client has said all, and hears the rest. */
	(void)shutdown(client, SHUT_WR);
	CHECK_INT(read(server, rest, 2), 2);
	ends(server);
	CHECK_INT(write(server, "rest", 4), 4);
	(void)close(server);
	comes(client, "rest");
	ends(client);
	CHECK_INT(status_of(pid), 0);
	CHECK_INT(passed, 100 + 8 + 3);
	(void)close(client);
}

/* Nothing is read that cannot be written: both sides write, and neither reads
 * for a while. */
static void
much(void)
{
	static char bytes[65536];
	int client, server, fds[2], i;
	size_t sent[2] = { 0, 0 }, got[2] = { 0, 0 };
	pid_t pid = start(&client, &server);

	comes(client, "reply\r\n");
	comes(server, "second\r\n");
	fds[0] = client;
	fds[1] = server;
	for (i = 0; i < 2; i++)
		(void)fcntl(fds[i], F_SETFL, O_NONBLOCK);
	for (i = 0; i < 2; i++) { /* until nobody takes more */
		struct pollfd p = { fds[i], POLLOUT, 0 };
		ssize_t n;

		while (poll(&p, 1, 200) == 1 && (n = write(fds[i], bytes,
		    sizeof(bytes))) > 0)
			sent[i] += (size_t)n;
		CHECK(sent[i] > 0 && sent[i] < MUCH);
	}
	while (got[1] < sent[0] || got[0] < sent[1])
		for (i = 0; i < 2; i++) {
			ssize_t n = read(fds[i], bytes, sizeof(bytes));

			got[i] += n > 0 ? (size_t)n : 0;
			if (n == 0)
				break;
		}
	CHECK_INT(got[1], sent[0]);
	CHECK_INT(got[0], sent[1]);
	(void)close(server);
	CHECK_INT(status_of(pid), 0);
	CHECK_INT(passed, 100 + 8 + got[1]);
	(void)close(client);
}

/* The server reads an end, and its last words reach the client. */
static void
stopped(void)
{
	int client, server;
	pid_t pid = start(&client, &server);

	comes(client, "reply\r\n");
	comes(server, "second\r\n");
	CHECK_INT(kill(pid, SIGTERM), 0);
	ends(server);
	CHECK_INT(write(client, "more", 4), 4);
	CHECK_INT(write(server, "bye", 3), 3);
	comes(client, "bye");
	(void)close(server);
	CHECK_INT(status_of(pid), 0);
	(void)close(client);
}

static void
lost(void)
{
	int client, server;
	pid_t pid = start(&client, &server);

	comes(server, "second\r\n");
	(void)close(client);
	ends(server);
	CHECK_INT(write(server, "rest", 4), 4);
	CHECK_INT(status_of(pid), EX_TEMPFAIL);
	(void)close(server);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(both_ways);
	RUN(much);
	RUN(stopped);
	RUN(lost);
	return unit_done();
}
