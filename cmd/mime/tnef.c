/* SPDX-License-Identifier: ISC */
/* tnef: winmail.dat taken apart by another process; see tnef.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stop.h"
#include "ticks.h"
#include "tnef.h"
#include "tnefchild.h"

enum { PIECE = 65536 };

int
tnef_is(struct slice type, struct slice name)
{
	return slice_eq(type, SLICE("application/ms-tnef")) ||
	    slice_eq(type, SLICE("application/vnd.ms-tnef")) ||
	    (slice_starts(type, SLICE("application/")) &&
	    slice_caseeq(name, SLICE("winmail.dat")));
}

/* Waits for "from": 1; 0 where time is over; -1 where a signal was noted. */
static int
await(int from, int64_t deadline)
{
	struct pollfd p = { .fd = from, .events = POLLIN };

	for (;;) {
		int64_t left = deadline - (int64_t)ticks_now();
		int n;

		if (stop_noted())
			return -1;
		if (left <= 0)
			return 0;
		n = poll(&p, 1, (int)left);
		if (n == 1)
			return 1;
		if (n == -1 && errno != EINTR)
			return 0;
	}
}

/* 1 at the end of what comes, or of what is wanted of it; 0 where it took too
 * long; or -1. */
static int
read_all(int from, struct tnefread *r, struct fail *f)
{
	static char piece[PIECE];
	int64_t deadline = (int64_t)ticks_now() + TNEF_DEADLINE * 1000;
	ssize_t n;
	int ready;

	while (r->wrong == NULL) {
		if ((ready = await(from, deadline)) == 0)
			return 0;
		if (ready == -1)
			return fail_set(f, EX_TEMPFAIL, "interrupted");
		n = read(from, piece, sizeof(piece));
		if (n == 0 || (n == -1 && errno != EINTR))
			break;
		if (n > 0 && tnefread_put(r,
		    (struct slice){ piece, (size_t)n }, f) == -1)
			return -1;
	}
	return 1;
}

/* The process, of which only "from" is left to be read, or -1. */
static pid_t
start(int in, int *from)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	if ((pid = fork()) == 0)
		tnefchild_run(in, ends[1]);
	(void)close(ends[1]);
	*from = ends[0];
	if (pid == -1)
		(void)close(ends[0]);
	return pid;
}

/* How it ended, after it was made to. */
static int
stop(pid_t pid)
{
	int status = 0;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

static int
run(int in, struct tnefread *r, struct fail *f)
{
	const char *why = "its reader ended early";
	int from, rc, status;
	pid_t pid = start(in, &from);

	if (pid == -1) {
		r->wrong = "no process could be made to read it";
		return 0;
	}
	rc = read_all(from, r, f);
	(void)close(from);
	status = stop(pid);
	if (rc == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		why = "it takes too long";
	return rc == -1 ? -1 : tnefread_end(r, why, f);
}

int
tnef_unpack(int fd, tnef_handler *handler, void *ctx, const char **wrong,
    struct fail *f)
{
	struct tnefread r = tnefread(handler, ctx);
	struct stat st;
	int rc = 0;

	if (!tnefchild_there())
		r.wrong = "this mime-unpack was built without libytnef";
	else if (fstat(fd, &st) == -1 || st.st_size > LIMIT_TNEF)
		r.wrong = "it is too long to be taken apart";
	else
		rc = run(fd, &r, f);
	*wrong = r.wrong;
	tnefread_free(&r);
	return rc;
}
