/* SPDX-License-Identifier: ISC */
/*
 * pipeto: a program that takes a message; see pipeto.h.  A process of its own
 * becomes the user and runs it, and tells by a pipe how that ended.
 */

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "argv.h"
#include "become.h"
#include "child.h"
#include "filter.h"
#include "io.h"
#include "pipeto.h"
#include "text.h"
#include "ticks.h"

#define PROGRAM_PATH "/usr/local/bin:/usr/bin:/bin"

enum {
	VARIABLES = 16,
	GRACE = 5000, /* milliseconds, in which a program is ended */
	MOST_OPEN = 65536, /* descriptors that are looked at */
};

extern char **environ;

/* What the process tells. */
struct outcome {
	int rc, status;
	struct fail fail;
	char said[sizeof(((struct pipeto *)0)->said)];
};

/* Variables of the environment, which outlive the process's program. */
struct variables {
	char *list[VARIABLES];
	size_t n;
	struct arena *arena;
};

static void
set(struct variables *v, const char *name, struct slice value)
{
	struct buf b = BUF(65536);

	(void)buf_adds(&b, name);
	(void)buf_addc(&b, '=');
	(void)buf_add(&b, value);
	v->list[v->n++] = arena_str(v->arena, buf_slice(&b));
	buf_free(&b);
}

static void
set_environment(const struct pipeto *p, struct variables *v)
{
	const struct passwd *pw = getpwnam(p->user->login);
	struct slice recipient = slice_str(p->recipient);
	const char *zone = getenv("TZ");
	const char *shell = pw != NULL ? pw->pw_shell : "";
	size_t at = recipient.n;

	while (at > 0 && recipient.p[at - 1] != '@')
		at--;
	if (zone != NULL)
		set(v, "TZ", slice_str(zone));
	set(v, "PATH", SLICE(PROGRAM_PATH));
	set(v, "USER", slice_str(p->user->login));
	set(v, "LOGNAME", slice_str(p->user->login));
	set(v, "HOME", slice_str(p->home));
	set(v, "SHELL", slice_str(shell[0] != '\0' ? shell : "/bin/sh"));
	set(v, "SENDER", slice_str(p->sender));
	set(v, "RECIPIENT", recipient);
	set(v, "LOCAL", slice_sub(recipient, 0, at > 0 ? at - 1 : at));
	set(v, "DOMAIN", slice_sub(recipient, at, recipient.n));
	set(v, "EXTENSION", p->user->detail);
	environ = v->list;
}

/* The program's words; a ~ in front of its name is the home directory. */
static char **
words(const struct pipeto *p, struct arena *arena, struct fail *f)
{
	char **argv = argv_split(p->command, arena, f);
	struct buf path = BUF(65536);

	if (argv != NULL && slice_starts(slice_str(argv[0]), SLICE("~/"))) {
		if (buf_adds(&path, p->home) == -1 ||
		    buf_adds(&path, argv[0] + 1) == -1) {
			(void)fail_set(f, EX_CONFIG, "too long a command");
			argv = NULL;
		} else {
			argv[0] = arena_str(arena, buf_slice(&path));
		}
	}
	buf_free(&path);
	return argv;
}

static void
note_signal(int number)
{
	(void)number;
}

/* A SIGTERM ends the program with all of its family: "through" lets it in. */
static void
catch_term(sigset_t *through)
{
	const struct sigaction action = { .sa_handler = note_signal };
	sigset_t term;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, through);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigdelset(through, SIGTERM);
}

/* What whoever called us left open is not the program's. */
static void
close_others(void)
{
#ifdef CLOSE_RANGE_CLOEXEC
	(void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
#else
	int fd, most = (int)sysconf(_SC_OPEN_MAX);

	for (fd = STDERR_FILENO + 1; fd < most && fd < MOST_OPEN; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
}

static int
run_as_user(struct pipeto *p, const sigset_t *through, struct outcome *o)
{
	struct filter filter = { .in = p->message, .most = UINT64_MAX,
		.end = ticks_now() + (uint64_t)p->seconds * 1000,
		.through = through };
	struct arena arena = { 0 };
	struct variables v = { .arena = &arena };

	if (become_for_good(p->user, &o->fail) == -1)
		return -1;
	set_environment(p, &v);
	close_others();
	(void)umask(077);
	if ((filter.argv = words(p, &arena, &o->fail)) == NULL)
		return -1;
	if (chdir(p->home) == -1)
		return fail_errno(&o->fail, EX_TEMPFAIL, "%.200s", p->home);
	if ((filter.out = open("/dev/null", O_WRONLY | O_CLOEXEC)) == -1)
		return fail_errno(&o->fail, EX_TEMPFAIL, "/dev/null");
	o->rc = filter_run(&filter, &o->status, &o->fail);
	memcpy(o->said, filter.said, sizeof(o->said));
	return o->rc;
}

static _Noreturn void
be_the_user(struct pipeto *p, int pipe)
{
	struct outcome o = { .rc = -1 };
	sigset_t through;

	catch_term(&through);
	o.rc = run_as_user(p, &through, &o);
	(void)io_write(pipe, (struct slice){ (const char *)&o, sizeof(o) });
	_exit(0);
}

/* Waits until it tells.  It belongs to the user, who may have stopped it. */
static int
await(const struct pipeto *p, int pipe, struct fail *f)
{
	uint64_t end = ticks_now() + (uint64_t)p->seconds * 1000 + GRACE;
	struct pollfd poll_for = { .fd = pipe, .events = POLLIN };
	uint64_t now;

	while ((now = ticks_now()) < end)
		if (poll(&poll_for, 1, (int)(end - now)) == 1)
			return 0;
	return fail_set(f, EX_TEMPFAIL, "its program did not end in time");
}

/* What it told; the user may have ended it, too. */
static int
take_outcome(struct pipeto *p, int pipe, int *status, struct fail *f)
{
	struct outcome o;

	if (await(p, pipe, f) == -1)
		return -1;
	if (io_read(pipe, &o, sizeof(o)) != (ssize_t)sizeof(o))
		return fail_set(f, EX_TEMPFAIL,
		    "the process that runs it is gone");
	o.said[sizeof(o.said) - 1] = '\0';
	o.fail.text[sizeof(o.fail.text) - 1] = '\0';
	memcpy(p->said, o.said, sizeof(p->said));
	*status = o.status;
	if (o.rc == -1)
		*f = o.fail;
	return o.rc;
}

int
pipeto_run(struct pipeto *p, int *status, struct fail *f)
{
	int ends[2], rc;
	pid_t pid;

	p->said[0] = '\0';
	if (getuid() == 0 && p->user->uid == 0)
		return fail_set(f, EX_CONFIG, "no program is run as root");
	if (pipe2(ends, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	if ((pid = fork()) == 0) {
		(void)close(ends[0]);
		be_the_user(p, ends[1]);
	}
	(void)close(ends[1]);
	rc = pid == -1 ? fail_errno(f, EX_TEMPFAIL, "fork") :
	    take_outcome(p, ends[0], status, f);
	(void)close(ends[0]);
	if (pid != -1) {
		/* It has told all, or never will. */
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	return rc;
}
