/* SPDX-License-Identifier: ISC */
/* Unit test of log: one write for a line, and none of it to the client. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "unit.h"

static int has_client = 1;

/* In a process of its own: "client" as descriptor 1, "error" as 2. */
static void
log_with(int client, int error, const char *text)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)dup2(client, STDOUT_FILENO);
		(void)dup2(error, STDERR_FILENO);
		log_start("prog", has_client);
		log_line("%s %d", text, 7);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
to_standard_error(void)
{
	char got[2000], want[100];
	int ends[2], pair[2];
	ssize_t n;

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	log_with(pair[0], ends[1], "text");
	n = read(ends[0], got, sizeof(got));
	CHECK(n > 6 && strncmp(got, "prog[", 5) == 0);
	(void)snprintf(want, sizeof(want), "]: text 7\n");
	CHECK(n > 0 && slice_ends((struct slice){ got, (size_t)n },
	    slice_str(want)));
	/* Another socket than the client's is a log (systemd's journal). */
	log_with(pair[0], ends[1], "");
	CHECK(read(ends[0], got, sizeof(got)) > 0);
	/* So is one for both, where there is no client on 1. */
	has_client = 0;
	log_with(ends[1], ends[1], "");
	CHECK(read(ends[0], got, sizeof(got)) > 0);
	has_client = 1;
}

/* Not there where it is for syslog(3). */
static void
to_the_system(void)
{
	int ends[2], saved = dup(STDERR_FILENO);
	char got[100] = "";

	CHECK_INT(pipe(ends), 0);
	(void)dup2(ends[1], STDERR_FILENO);
	log_system("prog");
	log_line("text");
	log_forget();
	log_line("after");
	log_resume();
	log_line("text");
	log_forget();
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	CHECK(read(ends[0], got, sizeof(got)) > 6);
	CHECK(memmem(got, sizeof(got), "after\n", 6) != NULL);
	CHECK(memmem(got, sizeof(got), "text", 4) == NULL);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
not_to_the_client(void)
{
	char got[100];
	int pair[2], ends[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	log_with(pair[0], pair[0], "secret");
	CHECK_INT(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), -1);
	CHECK_INT(pipe(ends), 0);
	log_with(ends[1], ends[1], "secret");
	CHECK_INT(close(ends[1]), 0);
	CHECK_INT(read(ends[0], got, sizeof(got)), 0);
}

static void
too_long(void)
{
	static char text[3000], got[4000];
	int ends[2];
	ssize_t n;

	memset(text, 'x', sizeof(text) - 1);
	CHECK_INT(pipe(ends), 0);
	log_with(STDOUT_FILENO, ends[1], text);
	n = read(ends[0], got, sizeof(got));
	CHECK(n > 1000 && n < 1200 && got[n - 1] == '\n');
	CHECK(n > 0 && memchr(got, '\n', (size_t)n) == got + n - 1);
}

int
main(void)
{
	RUN(to_standard_error);
	RUN(not_to_the_client);
	RUN(too_long);
	RUN(to_the_system);
	return unit_done();
}
