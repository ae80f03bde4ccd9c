/* SPDX-License-Identifier: ISC */
/* child: another program, started and waited for; see child.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "child.h"
#include "slice.h"
#include "text.h"

enum {
	ASIDE = 10, /* above every descriptor that a program is given */
	NAP = 20,   /* milliseconds, where the end of a process is no event */
};

extern char **environ;

uint64_t
child_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Copies out of the way of each other: 0, or -1 with errno. */
static int
set_aside(const struct child_fd *map, size_t n, int aside[CHILD_FDS])
{
	size_t i;

	for (i = 0; i < n; i++) {
		aside[i] = fcntl(map[i].ours, F_DUPFD_CLOEXEC, ASIDE);
		if (aside[i] == -1)
			return -1;
	}
	return 0;
}

static int
set_attributes(posix_spawnattr_t *a)
{
	sigset_t none, all;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	return posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) |
	    posix_spawnattr_setpgroup(a, 0) |
	    posix_spawnattr_setsigmask(a, &none) |
	    posix_spawnattr_setsigdefault(a, &all);
}

/* The process, or -1 with errno. */
static pid_t
spawn(char *const argv[], const struct child_fd *map, size_t n,
    const int aside[CHILD_FDS])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid = -1;
	int error;
	size_t i;

	if ((error = posix_spawn_file_actions_init(&actions)) != 0)
		goto out;
	if ((error = posix_spawnattr_init(&attributes)) != 0)
		goto out_actions;
	for (i = 0; error == 0 && i < n; i++)
		error = posix_spawn_file_actions_adddup2(&actions, aside[i],
		    map[i].theirs);
	if (error == 0)
		error = set_attributes(&attributes);
	if (error == 0)
		error = posix_spawnp(&pid, argv[0], &actions, &attributes,
		    argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
out_actions:
	(void)posix_spawn_file_actions_destroy(&actions);
out:
	errno = error;
	return error == 0 ? pid : -1;
}

pid_t
child_start(char *const argv[], const struct child_fd *map, size_t n,
    struct fail *f)
{
	int aside[CHILD_FDS] = { -1, -1, -1, -1 };
	pid_t pid = -1;
	size_t i;

	if (set_aside(map, n, aside) == 0)
		pid = spawn(argv, map, n, aside);
	if (pid == -1)
		(void)fail_errno(f, errno == EAGAIN || errno == ENOMEM ||
		    errno == EMFILE || errno == ENFILE ? EX_TEMPFAIL :
		    EX_CONFIG, "%s: run", TEXT_SHOW(slice_str(argv[0])));
	for (i = 0; i < n; i++)
		if (aside[i] != -1)
			(void)close(aside[i]);
	return pid;
}

/* A descriptor that can be read when "pid" has ended, or -1 where the system
 * has none. */
static int
watch(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

/* 1 as soon as "pid" has ended, 0 where it has not within that time, -1 with
 * errno. */
static int
await(pid_t pid, unsigned milliseconds, int *status)
{
	uint64_t end = child_clock() + milliseconds, now;
	struct pollfd p = { .fd = watch(pid), .events = POLLIN };
	pid_t rc;

	while ((rc = waitpid(pid, status, WNOHANG)) == 0 &&
	    (now = child_clock()) < end) {
		int left = end - now > INT32_MAX ? INT32_MAX : (int)(end - now);

		(void)poll(&p, 1, p.fd == -1 && left > NAP ? NAP : left);
	}
	if (p.fd != -1)
		(void)close(p.fd);
	return rc == pid ? 1 : rc == 0 ? 0 : -1;
}

void
child_kill(pid_t pid)
{
	(void)kill(-pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

int
child_wait(pid_t pid, unsigned milliseconds, int *status, struct fail *f)
{
	int raw;

	switch (await(pid, milliseconds, &raw)) {
	case 1:
		*status = WIFEXITED(raw) ? WEXITSTATUS(raw) :
		    128 + WTERMSIG(raw);
		return 0;
	case 0:
		child_kill(pid);
		return fail_set(f, EX_TEMPFAIL, "did not end within %u s",
		    (milliseconds + 999) / 1000);
	default:
		return fail_errno(f, EX_TEMPFAIL, "wait");
	}
}
