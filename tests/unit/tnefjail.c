/* SPDX-License-Identifier: ISC */
/* tnefjail: each layer alone takes away what it says. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cmd/mime/tnefjail.h"
#include "unit.h"

/* The status of a process that does "what". */
static int
status_of(int (*what)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(what());
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int
errno_of_open(void)
{
	return open("/", O_RDONLY) == -1 ? errno : 0;
}

static int
files(void)
{
	return tnefjail_files() == -1 ? 200 : errno_of_open();
}

/* What a kernel without Landlock leaves open is not the module's to close. */
static void
no_files(void)
{
	int status = status_of(files);

	CHECK(status == EACCES || status == 200);
}

static int
calls_open(void)
{
	return tnefjail_calls() == -1 ? 200 : errno_of_open();
}

static inline int
calls_socket(void)
{
	if (tnefjail_calls() == -1)
		return 200;
	return socket(AF_UNIX, SOCK_STREAM, 0) == -1 ? errno : 0;
}

static inline int
calls_fork(void)
{
	return tnefjail_calls() == -1 ? 200 : fork() == -1 ? errno : 0;
}

static inline int
calls_kill(void)
{
	pid_t parent = getppid();

	return tnefjail_calls() == -1 ? 200 : kill(parent, 0) == -1 ? errno : 0;
}

/* What is left: memory of both kinds, and the two descriptors. */
static inline int
calls_work(void)
{
	int ends[2];
	char *large, byte = 'x';

	if (pipe(ends) == -1 || tnefjail_calls() == -1)
		return 200;
	large = malloc(1 << 22);
	if (large == NULL || write(ends[1], &byte, 1) != 1 ||
	    read(ends[0], large, 1) != 1)
		return 1;
	large = realloc(large, 1 << 23);
	free(large);
	return large == NULL;
}

/* AddressSanitizer would not work under it. */
static void
no_calls(void)
{
#ifdef __SANITIZE_ADDRESS__
	CHECK_INT(status_of(calls_open), 200);
#else
	CHECK_INT(status_of(calls_open), EPERM);
	CHECK_INT(status_of(calls_socket), EPERM);
	CHECK_INT(status_of(calls_fork), EPERM);
	CHECK_INT(status_of(calls_kill), EPERM);
	CHECK_INT(status_of(calls_work), 0);
#endif
}

static int
limits_open(void)
{
	return tnefjail_limits() == -1 ? 200 : errno_of_open();
}

static int
limits_are(void)
{
	static const struct {
		int what;
		rlim_t most;
	} table[] = {
		{ RLIMIT_CPU, TNEFJAIL_SECONDS + 1 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NOFILE, 0 },
		{ RLIMIT_NPROC, 0 },
#ifndef __SANITIZE_ADDRESS__
		{ RLIMIT_AS, TNEFJAIL_MEMORY },
#endif
	};
	struct rlimit r;

	if (tnefjail_limits() == -1)
		return 200;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (getrlimit(table[i].what, &r) == -1 ||
		    r.rlim_max > table[i].most)
			return (int)i + 1;
	return 0;
}

static void
limits(void)
{
	CHECK_INT(status_of(limits_open), EMFILE);
	CHECK_INT(status_of(limits_are), 0);
}

static int
closed(void)
{
	int fd = open("/", O_RDONLY), other = dup(fd);

	if (fd < 3 || other < 3 || tnefjail_close(other) == -1)
		return 200;
	if (fcntl(fd, F_GETFD) == -1)
		return 1;
	return fcntl(other, F_GETFD) == -1 ? 0 : 2;
}

static void
no_descriptors(void)
{
	CHECK_INT(status_of(closed), 0);
}

static int
all(void)
{
	if (tnefjail_enter() == -1)
		return 200;
	return errno_of_open();
}

/* No limit says this to root, but the filter of calls. */
static inline int
all_calls(void)
{
	pid_t parent = getppid();

	if (tnefjail_enter() == -1)
		return 200;
	return kill(parent, 0) == -1 ? errno : 0;
}

static void
enter(void)
{
#ifdef __SANITIZE_ADDRESS__
	CHECK(status_of(all) != 0);
#else
	CHECK_INT(status_of(all), EPERM);
	CHECK_INT(status_of(all_calls), EPERM);
#endif
}

int
main(void)
{
	RUN(no_files);
	RUN(no_calls);
	RUN(limits);
	RUN(no_descriptors);
	RUN(enter);
	return unit_done();
}
