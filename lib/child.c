/* SPDX-License-Identifier: ISC */
/* child: another program, started and waited for; see child.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "child.h"
#include "io.h"
#include "slice.h"
#include "text.h"
#include "ticks.h"

enum {
	ASIDE = 10, /* above every descriptor that a program is given */
	NAP = 20,   /* milliseconds, where the end of a process is no event */
	KILLS = 1000, /* of a family that grows while it is killed */
};

extern char **environ;

/* Copies out of the way of each other: 0, or -1 with errno. */
static int
set_aside(const struct child_fd *map, size_t n, int aside[CHILD_FDS])
{
	size_t i;

	for (i = 0; i < n; i++) {
		if ((aside[i] = io_aside(map[i].ours, ASIDE)) == -1)
			return -1;
	}
	return 0;
}

/* "group" is 0 for one of its own. */
static int
set_attributes(posix_spawnattr_t *a, pid_t group)
{
	sigset_t none, all;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	return posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) |
	    posix_spawnattr_setpgroup(a, group) |
	    posix_spawnattr_setsigmask(a, &none) |
	    posix_spawnattr_setsigdefault(a, &all);
}

struct plan {
	char *const *argv;
	const struct child_fd *map;
	size_t n;
	pid_t group; /* 0: its own */
};

/* The process, or -1 with errno. */
static pid_t
spawn(const struct plan *p, const int aside[CHILD_FDS])
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
	for (i = 0; error == 0 && i < p->n; i++)
		error = posix_spawn_file_actions_adddup2(&actions, aside[i],
		    p->map[i].theirs);
	if (error == 0)
		error = set_attributes(&attributes, p->group);
	if (error == 0)
		error = posix_spawnp(&pid, p->argv[0], &actions, &attributes,
		    p->argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
out_actions:
	(void)posix_spawn_file_actions_destroy(&actions);
out:
	errno = error;
	return error == 0 ? pid : -1;
}

static pid_t
start(const struct plan *p, struct fail *f)
{
	int aside[CHILD_FDS] = { -1, -1, -1, -1 };
	pid_t pid = -1;
	size_t i;

	if (set_aside(p->map, p->n, aside) == 0)
		pid = spawn(p, aside);
	if (pid == -1)
		(void)fail_errno(f, errno == EAGAIN || errno == ENOMEM ||
		    errno == EMFILE || errno == ENFILE ? EX_TEMPFAIL :
		    EX_CONFIG, "%s: run", TEXT_SHOW(slice_str(p->argv[0])));
	for (i = 0; i < p->n; i++)
		if (aside[i] != -1)
			(void)close(aside[i]);
	return pid;
}

pid_t
child_start(char *const argv[], const struct child_fd *map, size_t n,
    struct fail *f)
{
	return start(&(struct plan){ argv, map, n, 0 }, f);
}

pid_t
child_start_asking(char *const argv[], const struct child_fd *map, size_t n,
    struct fail *f)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct plan p = { argv, map, n, 0 };

	if (terminal != -1) {
		p.group = getpgrp();
		(void)close(terminal);
#ifdef PR_SET_CHILD_SUBREAPER
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	}
	return start(&p, f);
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

/* Has it ended?  It stays to be waited for.  1, 0, or -1 with errno. */
static int
has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1)
		return -1;
	return info.si_pid == pid;
}

int
child_await(pid_t pid, unsigned milliseconds, const sigset_t *through)
{
	uint64_t end = ticks_now() + milliseconds, now;
	struct pollfd p = { .fd = watch(pid), .events = POLLIN };
	int signalled = 0, rc;

	while ((rc = has_ended(pid)) == 0 && !signalled &&
	    (now = ticks_now()) < end) {
		uint64_t left = p.fd == -1 && end - now > NAP ? NAP : end - now;

		signalled = ppoll(&p, 1, &(struct timespec){
		    .tv_sec = (time_t)(left / 1000),
		    .tv_nsec = (long)(left % 1000) * 1000000 },
		    through) == -1 && errno == EINTR && through != NULL;
	}
	if (p.fd != -1)
		(void)close(p.fd);
	return rc;
}

/* Was it started to ask somebody? */
static int
is_in_our_group(pid_t pid)
{
	return getpgid(pid) == getpgrp();
}

void
child_kill(pid_t pid)
{
	int i;

	if (!is_in_our_group(pid))
		(void)kill(-pid, SIGKILL);
	else
		for (i = 0; i < KILLS && child_signal_ours(SIGKILL) > 0; i++)
			(void)poll(NULL, 0, 1);
	if (kill(pid, SIGKILL) == -1 && errno == EPERM)
		return;
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

void
child_end(pid_t pid, int number, unsigned milliseconds)
{
	if (!is_in_our_group(pid))
		(void)kill(-pid, number);
	else if (child_signal_ours(number) == 0)
		(void)kill(pid, number);
	(void)child_await(pid, milliseconds, NULL);
	child_kill(pid);
}

int
child_wait(pid_t pid, unsigned milliseconds, int *status, struct fail *f)
{
	int raw = 0;

	switch (child_await(pid, milliseconds, NULL)) {
	case 1:
		(void)waitpid(pid, &raw, 0);
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
