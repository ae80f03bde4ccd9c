/* SPDX-License-Identifier: ISC */
/* Unit test of serve: who the peer is, and what LISTEN_FDS may say.  Limits
 * and signals are tested with a whole server, in smtpd-peers.bats. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve.h"
#include "unit.h"

/* What the session saw, as the status of its process and a line. */
static int
tell(void *ctx, void *ready, struct conn *c, const struct peer *peer)
{
	(void)ctx;
	(void)ready;
	(void)buf_addf(conn_out(c), "%s %d\n", peer->address,
	    peer->local);
	(void)conn_flush(c, &(struct fail){ 0 });
	return 7;
}

/* Serves in a process of its own with "fd" as 0 and 1, or as 3; its status,
 * and what it said to "reader". */
static int
serve_with(int fd, int as_third, int reader, char *said, size_t size)
{
	struct serve s = { .connections = 1, .per_address = 1, .busy = "",
		.session = tell };
	pid_t pid = fork();
	int status = -1;
	ssize_t n = 0;

	if (pid == 0) {
		struct fail f = { 0 };

		(void)alarm(20);
		if (as_third) {
			(void)dup2(fd, 3);
		} else {
			(void)dup2(fd, STDIN_FILENO);
			(void)dup2(fd, STDOUT_FILENO);
		}
		_exit(serve_run(&s, &f));
	}
	(void)waitpid(pid, &status, 0);
	if (reader != -1)
		n = recv(reader, said, size - 1, MSG_DONTWAIT);
	said[n > 0 ? n : 0] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Two ends of a TCP connection within this machine. */
static int
connection(int family, int ends[2])
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&four :
	    (struct sockaddr *)&six;
	socklen_t n = family == AF_INET ? sizeof(four) : sizeof(six);
	int l = socket(family, SOCK_STREAM, 0);

	ends[0] = socket(family, SOCK_STREAM, 0);
	if (bind(l, a, n) == -1 || listen(l, 1) == -1 ||
	    getsockname(l, a, &n) == -1 || connect(ends[0], a, n) == -1)
		return -1;
	ends[1] = accept(l, NULL, NULL);
	(void)close(l);
	return ends[1] == -1 ? -1 : 0;
}

static void
peers_of_sockets(void)
{
	char said[100];
	int ends[2];

	/* The socket knows better than the environment. */
	(void)setenv("TCPREMOTEIP", "192.0.2.9", 1);
	CHECK_INT(connection(AF_INET, ends), 0);
	CHECK_INT(serve_with(ends[1], 0, ends[0], said, sizeof(said)), 7);
	CHECK_STR(said, "127.0.0.1 1\n");
	CHECK_INT(connection(AF_INET6, ends), 0);
	CHECK_INT(serve_with(ends[1], 0, ends[0], said, sizeof(said)), 7);
	CHECK_STR(said, "::1 1\n");
	(void)unsetenv("TCPREMOTEIP");
}

static void
peers_of_the_environment(void)
{
	static const struct {
		const char *name, *value, *said;
	} cases[] = {
		{ "TCPREMOTEIP", "192.0.2.9", "192.0.2.9 0\n" },
		{ "REMOTE_ADDR", "2001:DB8::1", "2001:db8::1 0\n" },
		{ "REMOTE_ADDR", "::ffff:192.0.2.9", "192.0.2.9 0\n" },
		{ "TCPREMOTEIP", "127.1.2.3", "127.1.2.3 1\n" },
		{ "TCPREMOTEIP", "::1", "::1 1\n" },
		{ "TCPREMOTEIP", "192.0.2.9 x\nFrom: y", " 1\n" },
		{ "TCPREMOTEIP", "", " 1\n" },
		{ "OTHER", "192.0.2.9", " 1\n" },
	};
	char said[100];
	int pair[2];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].value);
		CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		(void)setenv(cases[i].name, cases[i].value, 1);
		CHECK_INT(serve_with(pair[0], 0, pair[1], said, sizeof(said)),
		    7);
		CHECK_STR(said, cases[i].said);
		(void)unsetenv(cases[i].name);
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
}

static void
listen_fds(void)
{
	char said[100];
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	/* One that does not listen is the connection (Accept=yes). */
	(void)setenv("LISTEN_FDS", "1", 1);
	CHECK_INT(serve_with(pair[0], 1, pair[1], said, sizeof(said)), 7);
	CHECK_STR(said, " 1\n");
	(void)setenv("LISTEN_FDS", "2", 1);
	CHECK_INT(serve_with(pair[0], 1, pair[1], said, sizeof(said)),
	    EX_CONFIG);
	CHECK_STR(said, "");
	(void)setenv("LISTEN_FDS", "0", 1);
	CHECK_INT(serve_with(pair[0], 1, -1, said, sizeof(said)), EX_CONFIG);
	(void)setenv("LISTEN_FDS", "65", 1);
	CHECK_INT(serve_with(pair[0], 1, -1, said, sizeof(said)), EX_CONFIG);
	/* Meant for another process. */
	(void)setenv("LISTEN_FDS", "2", 1);
	(void)setenv("LISTEN_PID", "1", 1);
	CHECK_INT(serve_with(pair[0], 0, pair[1], said, sizeof(said)), 7);
	CHECK_STR(said, " 1\n");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
}

int
main(void)
{
	RUN(peers_of_sockets);
	RUN(peers_of_the_environment);
	RUN(listen_fds);
	return unit_done();
}
