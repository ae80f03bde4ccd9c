/* SPDX-License-Identifier: ISC */
/* Unit test of dotlock: who gets the lock, and whose lock is stale. */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dotlock.h"
#include "files.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static int dir = -1;
static struct dotlock l;
static struct fail f;
static const struct dotlock_wait once = { 0, 120 };

static void
start(void)
{
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)close(dir);
	if (mkdir(top, 0700) == -1 ||
	    (dir = open(top, O_RDONLY | O_DIRECTORY)) == -1 ||
	    mkdirat(dir, "tmp", 0700) == -1)
		abort();
	l = DOTLOCK(dir, "x.lock");
}

static int
tried(const struct dotlock_wait *wait)
{
	struct dotlock other = DOTLOCK(dir, "x.lock");
	int rc = dotlock_take(&other, wait, &f);

	dotlock_free(&other);
	return rc;
}

/* A lock as somebody else has written it. */
static void
foreign(const char *text)
{
	int fd = openat(dir, "x.lock", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1 || close(fd) != 0)
		abort();
}

/* The id of a process that is no more. */
static long
dead(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	(void)waitpid(pid, NULL, 0);
	return (long)pid;
}

static const char *
named(long pid, const char *host, const char *end)
{
	static char text[400];
	char own[256];

	if (gethostname(own, sizeof(own)) == -1)
		abort();
	(void)snprintf(text, sizeof(text), "%ld:%s%s", pid,
	    host == NULL ? own : host, end);
	return text;
}

static void
taken(void)
{
	char text[400] = "";
	int fd;

	start();
	CHECK_INT(dotlock_take(&l, &once, &f), 1);
	CHECK_INT(tried(&once), 0);
	CHECK_INT(dotlock_keep(&l), 1);
	fd = openat(dir, "x.lock", O_RDONLY);
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	(void)close(fd);
	CHECK_STR(text, named((long)getpid(), NULL, "\n"));
	dotlock_free(&l);
	CHECK_INT(faccessat(dir, "x.lock", F_OK, 0), -1);
	CHECK_INT(dotlock_keep(&l), 0);
	CHECK_INT(tried(&once), 1);
	CHECK_INT(unlinkat(dir, "tmp", AT_REMOVEDIR), 0); /* nothing is left */
	CHECK_INT(tried(&once), -1);
}

static void
stale(void)
{
	struct dotlock_wait second = { 30, 1 };

	start();
	foreign(named(dead(), NULL, ""));
	CHECK_INT(tried(&once), 1);
	foreign(named(dead(), "elsewhere", ""));
	CHECK_INT(tried(&once), 0);
	foreign(named((long)getppid(), NULL, ""));
	CHECK_INT(tried(&once), 0);
	/* Ours is stale whoever has got its process id. */
	foreign(named((long)getppid(), NULL, "\n"));
	CHECK_INT(tried(&once), 1);
	foreign(named((long)getppid(), "elsewhere", "\n"));
	CHECK_INT(tried(&once), 0);
	foreign("");
	CHECK_INT(tried(&once), 0);
	foreign("12");
	CHECK_INT(tried(&once), 0);
	CHECK_INT(tried(&second), 1);
	CHECK_INT(symlinkat("nowhere", dir, "x.lock"), 0);
	CHECK_INT(tried(&once), 0);
}

/* A lock that has not changed for long is nobody's at once. */
static void
old(void)
{
	struct timespec times[2] = { { 1000000, 0 }, { 1000000, 0 } };
	struct dotlock_wait quick = { 0, 1 };
	struct stat st;

	start();
	foreign("");
	CHECK_INT(utimensat(dir, "x.lock", times, 0), 0);
	CHECK_INT(tried(&once), 0); /* its state has just changed */
	if (fstatat(dir, "x.lock", &st, 0) == -1)
		abort();
	while (time(NULL) <= st.st_ctime + 1)
		(void)sleep(1);
	CHECK_INT(tried(&quick), 1);
}

static void
replaced(void)
{
	start();
	CHECK_INT(dotlock_take(&l, &once, &f), 1);
	CHECK_INT(unlinkat(dir, "x.lock", 0), 0);
	foreign("1:elsewhere");
	CHECK_INT(dotlock_keep(&l), 0);
	dotlock_free(&l);
	CHECK_INT(faccessat(dir, "x.lock", F_OK, 0), 0);
}

static void
killed(void)
{
	pid_t pid;

	start();
	if ((pid = fork()) == 0) {
		if (dotlock_take(&l, &once, &f) == 1)
			(void)raise(SIGKILL);
		_exit(1);
	}
	(void)waitpid(pid, NULL, 0);
	CHECK_INT(faccessat(dir, "x.lock", F_OK, 0), 0);
	CHECK_INT(tried(&once), 1);
}

/* Adds one to a number in a file, the way that needs the lock. */
static void
add(void)
{
	static const struct dotlock_wait wait = { 120, 600 };
	char text[40] = "";
	int fd;

	if (dotlock_take(&l, &wait, &f) != 1 ||
	    (fd = openat(dir, "number", O_RDWR | O_CREAT, 0600)) == -1 ||
	    pread(fd, text, sizeof(text) - 1, 0) == -1)
		_exit(1);
	(void)sched_yield();
	(void)snprintf(text, sizeof(text), "%ld", strtol(text, NULL, 10) + 1);
	if (pwrite(fd, text, strlen(text), 0) == -1 || close(fd) != 0)
		_exit(1);
}

/* Does so a few times and dies with the lock, which is then as we leave it, or
 * as Dovecot does. */
static void
add_and_die(int as_dovecot)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i > 0)
			dotlock_free(&l);
		add();
	}
	if (as_dovecot && ftruncate(l.fd,
	    (off_t)strlen(named((long)getpid(), NULL, ""))) == -1)
		_exit(1);
	(void)raise(SIGKILL);
}

static void
many(void)
{
	enum { AT_ONCE = 8, ALL = 400 };
	char text[40] = "";
	int i, n, fd;

	start();
	for (i = 0; i < ALL + AT_ONCE; i++) {
		if (i >= AT_ONCE)
			CHECK(wait(&n) != -1 && WIFSIGNALED(n) &&
			    WTERMSIG(n) == SIGKILL);
		if (i < ALL && fork() == 0)
			add_and_die(i % 2);
	}
	fd = openat(dir, "number", O_RDONLY);
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	CHECK_STR(text, "1600");
	(void)close(fd);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(taken);
	RUN(stale);
	RUN(old);
	RUN(replaced);
	RUN(killed);
	RUN(many);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
