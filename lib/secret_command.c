/* SPDX-License-Identifier: ISC */
/* secret: what a command writes; see secret.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "argv.h"
#include "child.h"
#include "secret.h"
#include "ticks.h"

enum { GRACE = 1000 /* milliseconds, after a signal */ };

/* Signals are noted, and raised again when the command is gone.  They get
 * through in ppoll(2) alone, so that none falls between a look at "noted" and
 * a wait. */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };
static volatile sig_atomic_t noted;

struct held {
	struct sigaction actions[SIGNALS];
	sigset_t mask; /* as it was before, and is in ppoll */
	int terminal;  /* that this process has in the foreground, or -1 */
	struct termios modes;
};

static void
note(int number)
{
	noted = number;
}

static void
hold_terminal(struct held *h)
{
	h->terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (h->terminal == -1 || (tcgetpgrp(h->terminal) == getpgrp() &&
	    tcgetattr(h->terminal, &h->modes) == 0))
		return;
	(void)close(h->terminal);
	h->terminal = -1;
}

/* What the process ignores (nohup(1)) it goes on to ignore. */
static void
hold(struct held *h)
{
	struct sigaction act = { .sa_handler = note };
	sigset_t set;
	int i;

	noted = 0;
	(void)sigemptyset(&act.sa_mask);
	(void)sigemptyset(&set);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaddset(&set, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &h->mask);
	for (i = 0; i < SIGNALS; i++) {
		(void)sigaction(signals[i], NULL, &h->actions[i]);
		if (h->actions[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &act, NULL);
	}
	hold_terminal(h);
}

static void
release(struct held *h)
{
	int i;

	if (h->terminal != -1)
		(void)close(h->terminal);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &h->actions[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &h->mask, NULL);
	if (noted != 0)
		(void)raise(noted);
}

/* Whoever is killed while it reads a password leaves the terminal silent.
 * Nobody else is in front of it, so that we are not stopped for this. */
static void
mend_terminal(const struct held *h)
{
	if (h->terminal != -1 && tcgetpgrp(h->terminal) == getpgrp())
		(void)tcsetattr(h->terminal, TCSADRAIN, &h->modes);
}

/* It did not end: why. */
static int
too_late(struct fail *f)
{
	return fail_set(f, EX_TEMPFAIL, noted != 0 ? "interrupted" :
	    "did not end within its time");
}

/* 1 when there is something to read, 0 where the time is over or a signal
 * came. */
static int
is_ready(int fd, uint64_t until, const struct held *h)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t now;
	int n = 0;

	while (n != 1 && noted == 0 && (now = ticks_now()) < until)
		n = ppoll(&p, 1, &(struct timespec){
		    .tv_sec = (time_t)((until - now) / 1000),
		    .tv_nsec = (long)((until - now) % 1000) * 1000000 },
		    &h->mask);
	return n == 1;
}

/* Reads until the end and keeps the first line. */
static int
first_line(int fd, uint64_t until, const struct held *h, struct buf *out,
    struct fail *f)
{
	char piece[512];
	struct slice got, line;
	ssize_t n = 1;
	int whole = 0, rc = 0;

	while (rc == 0 && n != 0) {
		if (!is_ready(fd, until, h)) {
			rc = too_late(f);
		} else if ((n = read(fd, piece, sizeof(piece))) > 0) {
			got = (struct slice){ piece, (size_t)n };
			line = slice_sub(got, 0, slice_find(got, '\n'));
			if (!whole && buf_add(out, line) == -1)
				rc = secret_too_long(f);
			whole |= line.n < got.n;
		} else if (n == -1 && errno != EINTR && errno != EAGAIN) {
			rc = fail_errno(f, EX_TEMPFAIL, "read");
		}
	}
	explicit_bzero(piece, sizeof(piece));
	return rc;
}

/* Starts it with its output in a pipe; *fd is the end to read. */
static pid_t
start(char *const argv[], int *fd, struct fail *f)
{
	struct child_fd map[2];
	int ends[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = -1;

	if (null == -1 || pipe2(ends, O_CLOEXEC) == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "pipe");
	} else {
		map[0] = (struct child_fd){ null, STDIN_FILENO };
		map[1] = (struct child_fd){ ends[1], STDOUT_FILENO };
		pid = child_start_asking(argv, map, 2, f);
		(void)close(ends[1]);
		*fd = ends[0];
		if (pid == -1)
			(void)close(ends[0]);
	}
	if (null != -1)
		(void)close(null);
	return pid;
}

/* Its status when it has ended, or -1. */
static int
wait_for(pid_t pid, uint64_t until, const struct held *h, struct fail *f)
{
	uint64_t now = ticks_now();
	int status;

	/* A signal that the process ignores is no reason to stop waiting. */
	while (noted == 0 && now < until && child_await(pid,
	    (unsigned)(until - now), &h->mask) == 0)
		now = ticks_now();
	if (noted != 0 || child_await(pid, 0, NULL) == 0)
		return too_late(f);
	return child_wait(pid, 0, &status, f) == 0 ? status : -1;
}

static int
run(char *const argv[], unsigned seconds, struct buf *out, struct fail *f)
{
	uint64_t until = ticks_now() + 1000 * (uint64_t)seconds;
	int fd, status = -1;
	struct held h;
	pid_t pid;

	hold(&h);
	if ((pid = start(argv, &fd, f)) != -1) {
		if (first_line(fd, until, &h, out, f) == 0)
			status = wait_for(pid, until, &h, f);
		(void)close(fd);
		if (status == -1) {
			child_end(pid, noted != 0 ? noted : SIGTERM, GRACE);
			mend_terminal(&h);
		}
	}
	release(&h);
	if (status > 0)
		return fail_set(f, EX_NOPERM, "ended with status %d", status);
	return status == -1 ? -1 : secret_check(out, f);
}

int
secret_command(struct slice command, unsigned seconds, struct buf *out,
    struct fail *f)
{
	struct arena arena = { 0 };
	char **argv = argv_split(command, &arena, f);
	int rc = argv == NULL ? -1 : run(argv, seconds, out, f);

	if (rc == -1)
		(void)fail_at(f, "password command");
	arena_free(&arena);
	return rc;
}
