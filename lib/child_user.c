/* SPDX-License-Identifier: ISC */
/* child: a program that is started for another user; see child.h. */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "io.h"
#include "slice.h"
#include "text.h"

enum {
	ASIDE = 10, /* above every descriptor that a program is given */
	GROUPS = 1024,
};

/* Looked up before the fork: the child of each program would load what knows
 * groups again. */
struct identity {
	const struct passwd *pw;
	gid_t groups[GROUPS];
	int n;
};

/* Between fork and exec: -1 with errno. */
static int
place(const struct child_as *as)
{
	int aside[CHILD_FDS];
	size_t i;

	for (i = 0; i < as->n; i++)
		if ((aside[i] = io_aside(as->map[i].ours, ASIDE)) == -1)
			return -1;
	for (i = 0; i < as->n; i++)
		if (dup2(aside[i], as->map[i].theirs) == -1)
			return -1;
	return 0;
}

static int
become(const struct identity *who)
{
	const struct passwd *pw = who->pw;

	if (setgroups((size_t)who->n, who->groups) == -1 ||
	    setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1)
		return -1;
	/* For good: another than root cannot. */
	if (pw->pw_uid != 0 && setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return setenv("HOME", pw->pw_dir, 1) |
	    setenv("USER", pw->pw_name, 1) | setenv("LOGNAME", pw->pw_name, 1);
}

static void
clear_signals(void)
{
	sigset_t none;
	int i;

	for (i = 1; i < NSIG; i++)
		(void)signal(i, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: errno goes to "report", which an exec closes. */
_Noreturn static void
run(const struct child_as *as, const struct identity *who, int report)
{
	int error, aside;

	(void)setpgid(0, 0);
	clear_signals();
	if ((aside = io_aside(report, ASIDE + CHILD_FDS)) != -1)
		report = aside;
	if (aside != -1 && place(as) == 0 && become(who) == 0)
		(void)execvp(as->argv[0], as->argv);
	error = errno;
	(void)io_write(report, (struct slice){ (const char *)&error,
	    sizeof(error) });
	_exit(127);
}

/* 0 where it runs, else errno, and it is gone. */
static int
outcome(pid_t pid, int report)
{
	int error = 0;

	if (io_read(report, &error, sizeof(error)) !=
	    (ssize_t)sizeof(error))
		return 0;
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return error;
}

static int
identify(const char *user, struct identity *who, struct fail *f)
{
	if ((who->pw = getpwnam(user)) == NULL)
		return fail_set(f, EX_CONFIG, "%.100s: no such user", user);
	who->n = GROUPS;
	if (getgrouplist(who->pw->pw_name, who->pw->pw_gid, who->groups,
	    &who->n) == -1)
		return fail_set(f, EX_CONFIG, "%.100s: in more than %d groups",
		    user, GROUPS);
	return 0;
}

pid_t
child_start_as(const struct child_as *as, struct fail *f)
{
	struct identity who;
	int report[2];
	pid_t pid = -1;

	if (identify(as->user, &who, f) == -1)
		return -1;
	if (pipe2(report, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	if ((pid = fork()) == 0)
		run(as, &who, report[1]);
	(void)close(report[1]);
	if (pid != -1 && (errno = outcome(pid, report[0])) != 0)
		pid = -1;
	if (pid == -1)
		(void)fail_errno(f, errno == EAGAIN || errno == ENOMEM ||
		    errno == EMFILE || errno == ENFILE ? EX_TEMPFAIL :
		    EX_CONFIG, "%s: run",
		    TEXT_SHOW(slice_str(as->argv[0])));
	(void)close(report[0]);
	return pid;
}
