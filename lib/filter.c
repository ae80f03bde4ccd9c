/* SPDX-License-Identifier: ISC */
/* filter: a program between a message and another; see filter.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "io.h"
#include "text.h"
#include "ticks.h"

enum { OUT, ERR }; /* the pipes */

struct run {
	struct filter *filter;
	struct pollfd pipes[2]; /* our ends; fd -1: it is at its end */
	struct lastline said;
};

static int
take_output(struct run *r, struct slice bytes, struct fail *f)
{
	if (bytes.n > r->filter->most - r->filter->written)
		return fail_set(f, EX_TEMPFAIL, "wrote too much");
	r->filter->written += bytes.n;
	if (io_write(r->filter->out, bytes) == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file: write");
	return 0;
}

/* What is ready on pipe "i", up to a block of it. */
static int
take(struct run *r, int i, struct fail *f)
{
	char block[16384];
	ssize_t n = read(r->pipes[i].fd, block, sizeof(block));

	if (n == -1)
		return errno == EINTR ? 0 :
		    fail_errno(f, EX_TEMPFAIL, "read");
	if (n == 0) {
		(void)close(r->pipes[i].fd);
		r->pipes[i].fd = -1;
		return 0;
	}
	if (i == OUT)
		return take_output(r, (struct slice){ block, (size_t)n }, f);
	lastline_take(&r->said, (struct slice){ block, (size_t)n });
	return 0;
}

static int
interrupted(struct fail *f)
{
	return fail_set(f, EX_TEMPFAIL, "ended before its time");
}

/* Waits until something is ready: 0, or -1. */
static int
wait_for_some(struct run *r, uint64_t left, struct fail *f)
{
	struct timespec t = { .tv_sec = (time_t)(left / 1000),
		.tv_nsec = (long)(left % 1000) * 1000000 };

	r->pipes[OUT].revents = r->pipes[ERR].revents = 0;
	if (ppoll(r->pipes, 2, &t, r->filter->through) != -1)
		return 0;
	if (errno != EINTR)
		return fail_errno(f, EX_TEMPFAIL, "poll");
	return r->filter->through != NULL ? interrupted(f) : 0;
}

/* Reads both to their ends: 0, or -1. */
static int
take_all(struct run *r, struct fail *f)
{
	while (r->pipes[OUT].fd != -1 || r->pipes[ERR].fd != -1) {
		uint64_t now = ticks_now(), left = r->filter->end - now;
		int i;

		if (now >= r->filter->end)
			return fail_set(f, EX_TEMPFAIL,
			    "did not end in time");
		if (wait_for_some(r, left, f) == -1)
			return -1;
		for (i = 0; i < 2; i++)
			if (r->pipes[i].revents != 0 && take(r, i, f) == -1)
				return -1;
	}
	lastline_end(&r->said);
	return 0;
}

/* Starts it, with our ends of the pipes in "r". */
static pid_t
start(struct run *r, struct fail *f)
{
	int out[2], err[2] = { -1, -1 };
	pid_t pid = -1;

	if (pipe2(out, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	r->pipes[OUT].fd = out[0];
	if (pipe2(err, O_CLOEXEC) == -1 ||
	    lseek(r->filter->in, 0, SEEK_SET) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "pipe");
	else
		pid = child_start(r->filter->argv, (struct child_fd[]){
		    { r->filter->in, STDIN_FILENO },
		    { out[1], STDOUT_FILENO }, { err[1], STDERR_FILENO } },
		    3, f);
	r->pipes[ERR].fd = err[0];
	(void)close(out[1]);
	if (err[1] != -1)
		(void)close(err[1]);
	return pid;
}

static int
finish(const struct run *r, pid_t pid, int *status, struct fail *f)
{
	uint64_t now = ticks_now();
	unsigned left = now < r->filter->end ? (unsigned)(r->filter->end -
	    now) : 0;

	if (r->filter->through != NULL &&
	    child_await(pid, left, r->filter->through) == 0) {
		child_kill(pid);
		return ticks_now() < r->filter->end ? interrupted(f) :
		    fail_set(f, EX_TEMPFAIL, "did not end in time");
	}
	if (child_wait(pid, left, status, f) == -1)
		return -1;
	return *status < 128 ? 0 : fail_set(f, EX_TEMPFAIL,
	    "ended by signal %d", *status - 128);
}

int
filter_run(struct filter *filter, int *status, struct fail *f)
{
	struct run r = { .filter = filter, .pipes = {
		{ .fd = -1, .events = POLLIN }, { .fd = -1,
		.events = POLLIN } } };
	pid_t pid;
	int rc = -1, i;

	filter->written = 0;
	if ((pid = start(&r, f)) != -1) {
		if (take_all(&r, f) == 0)
			rc = finish(&r, pid, status, f);
		else
			child_kill(pid);
	}
	memcpy(filter->said, r.said.text, sizeof(filter->said));
	for (i = 0; i < 2; i++)
		if (r.pipes[i].fd != -1)
			(void)close(r.pipes[i].fd);
	return pid == -1 || rc == 0 ? rc :
	    fail_at(f, TEXT_SHOW(slice_str(filter->argv[0])));
}
