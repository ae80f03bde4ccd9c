/* SPDX-License-Identifier: ISC */
/* Unit test of child: programs, their descriptors and their end. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child.h"
#include "io.h"
#include "unit.h"

static struct fail f;

static pid_t
start_shell(const char *script, const struct child_fd *map, size_t n)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char *)(uintptr_t)script, NULL };
	pid_t pid = child_start(argv, map, n, &f);

	if (pid == -1)
		abort();
	return pid;
}

/* The exit status of a script; -1 where that is not to be had. */
static int
status_of(const char *script, unsigned milliseconds)
{
	int status = -1;

	if (child_wait(start_shell(script, NULL, 0), milliseconds, &status,
	    &f) == -1)
		CHECK_INT(f.class, EX_TEMPFAIL);
	return status;
}

static void
statuses(void)
{
	CHECK_INT(status_of("exit 0", 60000), 0);
	CHECK_INT(status_of("exit 7", 60000), 7);
	CHECK_INT(status_of("kill -KILL $$", 60000), 128 + SIGKILL);
}

/* What ends late is killed, and all that it started. */
static void
deadline(void)
{
	int fd[2];
	char byte;
	pid_t pid;
	int status;

	CHECK_INT(pipe2(fd, O_CLOEXEC), 0);
	pid = start_shell("sleep 600 & sleep 600",
	    &(struct child_fd){ fd[1], 5 }, 1);
	(void)close(fd[1]);
	CHECK_INT(child_wait(pid, 50, &status, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "did not end within 1 s");
	/* The pipe ends when nobody is left who could write. */
	CHECK_INT(io_read(fd[0], &byte, 1), 0);
	(void)close(fd[0]);
	CHECK_INT(child_wait(pid, 50, &status, &f), -1);
	CHECK_INT(f.error, ECHILD);
}

/* Two descriptors that change places. */
static void
descriptors(void)
{
	int a[2], b[2], status = -1;
	struct child_fd map[2];
	char text[8];
	pid_t pid;

	CHECK_INT(pipe2(a, O_CLOEXEC), 0);
	CHECK_INT(pipe2(b, O_CLOEXEC), 0);
	map[0] = (struct child_fd){ a[1], b[1] };
	map[1] = (struct child_fd){ b[1], a[1] };
	if (a[1] > 9 || b[1] > 9)
		abort();
	(void)setenv("A", (char[]){ (char)('0' + a[1]), '\0' }, 1);
	(void)setenv("B", (char[]){ (char)('0' + b[1]), '\0' }, 1);
	pid = start_shell("eval \"echo a >&$A; echo b >&$B\"", map, 2);
	CHECK_INT(child_wait(pid, 60000, &status, &f), 0);
	CHECK_INT(status, 0);
	(void)close(a[1]);
	(void)close(b[1]);
	CHECK_INT(io_read(a[0], text, sizeof(text)), 2);
	CHECK_INT(text[0], 'b');
	CHECK_INT(io_read(b[0], text, sizeof(text)), 2);
	CHECK_INT(text[0], 'a');
	(void)close(a[0]);
	(void)close(b[0]);
}

static void
signals(void)
{
	sigset_t set, before;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	(void)signal(SIGINT, SIG_IGN);
	CHECK_INT(status_of("kill -TERM $$", 60000), 128 + SIGTERM);
	CHECK_INT(status_of("kill -INT $$", 60000), 128 + SIGINT);
	(void)signal(SIGINT, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
no_program(void)
{
	char *argv[] = { (char[]){ "/nowhere/program" }, NULL };

	CHECK_INT(child_start(argv, NULL, 0, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(f.text, "/nowhere/program: run: No such file or directory");
	CHECK_INT(child_start(argv, &(struct child_fd){ 99, 3 }, 1, &f), -1);
}

/* So few descriptors are allowed that none can be put out of the way. */
static void
few_descriptors(void)
{
	char *argv[] = { (char[]){ "true" }, NULL };
	struct child_fd map = { 0, 0 };
	struct child_as as = { "nobody", argv, &map, 1 };
	struct rlimit was, few;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = (struct rlimit){ 9, was.rlim_max };
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	CHECK_INT(child_start(argv, &map, 1, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "true: run: Too many open files");
	CHECK_INT(child_start_as(&as, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	if (geteuid() == 0)
		CHECK_STR(f.text, "true: run: Too many open files");
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &was), 0);
}

/* The exit status of a script that root runs as "user"; -1: it cannot be. */
static int
status_as(const char *user, const char *script)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char *)(uintptr_t)script, NULL };
	struct child_as as = { user, argv, NULL, 0 };
	pid_t pid = child_start_as(&as, &f);
	int status = -1;

	if (pid != -1)
		CHECK_INT(child_wait(pid, 60000, &status, &f), 0);
	return status;
}

/* For good, with no group of root's, in a group of its own; as root alone. */
static void
another_user(void)
{
	char *argv[] = { (char[]){ "/nowhere/program" }, NULL };
	struct child_as as = { "nobody", argv, NULL, 0 };

	CHECK_INT(status_as("no-such-user", "exit 0"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(f.text, "no-such-user: no such user");
	CHECK_INT(child_start_as(&as, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	if (geteuid() != 0)
		return;
	CHECK_STR(f.text, "/nowhere/program: run: No such file or directory");
	CHECK_INT(status_as("nobody", "test \"$(id -un)\" = nobody && "
	    "test \"$(id -G)\" = \"$(id -G nobody)\" && "
	    "test \"$USER$LOGNAME\" = nobodynobody"), 0);
	CHECK_INT(status_as("nobody", "grep -q "
	    "\"^Uid:.$(id -u).$(id -u).$(id -u).$(id -u)$\" "
	    "/proc/self/status"), 0);
	CHECK_INT(status_as("nobody", "kill -TERM 0"), 128 + SIGTERM);
}

int
main(void)
{
	RUN(statuses);
	RUN(deadline);
	RUN(descriptors);
	RUN(signals);
	RUN(no_program);
	RUN(few_descriptors);
	RUN(another_user);
	return unit_done();
}
