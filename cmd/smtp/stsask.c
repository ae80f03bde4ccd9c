/* SPDX-License-Identifier: ISC */
/* stsask: what mta-sts says of a domain; see stsask.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "child.h"
#include "stsask.h"
#include "text.h"
#include "ticks.h"

enum {
	WAIT = 90000, /* milliseconds: its own limits, and some more */
	FETCH = 20,   /* seconds that it may fetch for */
	END = 5000,   /* milliseconds, once it has said all */
	ANSWER = STSPOLICY_TEXT + 1024,
	REASON = 300,
};

struct running {
	pid_t pid; /* -1: it could not be started */
	int out, err; /* what it says there */
};

static void
close_some(const int *fds, size_t n)
{
	while (n-- > 0)
		if (fds[n] != -1)
			(void)close(fds[n]);
}

static int
make_pipes(int out[2], int err[2])
{
	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
	    fcntl(err[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	return -1;
}

static struct running
start(const struct stsask *a, char *path, const char *domain, struct fail *f)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int none = open("/dev/null", O_RDONLY | O_CLOEXEC);
	static char option[] = "-o", end[] = "--";
	char fetch[32], server[128];
	char *argv[8] = { path, option, fetch };
	struct running r = { .pid = -1 };
	size_t n = 3;

	(void)snprintf(fetch, sizeof(fetch), "timeout=%d", FETCH);
	if (a->nameserver != NULL) {
		(void)snprintf(server, sizeof(server), "nameserver=%s",
		    a->nameserver);
		argv[n++] = option;
		argv[n++] = server;
	}
	argv[n++] = end;
	argv[n] = (char *)(uintptr_t)domain;
	if (none == -1 || make_pipes(out, err) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "mta-sts");
	else
		r.pid = child_start(argv, (struct child_fd[]){
		    { none, STDIN_FILENO }, { out[1], STDOUT_FILENO },
		    { err[1], STDERR_FILENO } }, a->trace ? 2 : 3, f);
	close_some((int[]){ none, out[1], err[1] }, 3);
	r.out = out[0];
	r.err = err[0];
	return r;
}

/* Reads all that it says. */
static int
read_answer(int from, struct buf *answer, struct fail *f)
{
	uint64_t end = ticks_now() + WAIT, now;
	struct pollfd p = { .fd = from, .events = POLLIN };
	ssize_t n;
	char *to;

	for (;;) {
		now = ticks_now();
		if (now >= end || poll(&p, 1, (int)(end - now)) == 0)
			return fail_set(f, EX_TEMPFAIL,
			    "mta-sts: no answer within %d seconds",
			    WAIT / 1000);
		if ((to = buf_room(answer, 4096)) == NULL)
			return fail_set(f, EX_TEMPFAIL,
			    "mta-sts: too long an answer");
		n = read(from, to, 4096);
		if (n == 0)
			return 0;
		if (n > 0)
			answer->n += (size_t)n;
		else if (errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "mta-sts: read");
	}
}

/* DOMAIN TAB MODE TAB MAX-AGE TAB PATTERNS; no line where there is no policy
 * to be had, which is none (RFC 8461, 5.1). */
static int
take_answer(struct stsask *a, struct slice answer, struct fail *f)
{
	struct slice domain, mode, age;
	int i;

	if (answer.n == 0)
		return 0;
	(void)slice_until(&answer, '\t', &domain);
	(void)slice_until(&answer, '\t', &mode);
	(void)slice_until(&answer, '\t', &age);
	for (i = STSPOLICY_NONE; i <= STSPOLICY_ENFORCE; i++)
		if (slice_eq(mode, slice_str(stspolicy_name(
		    (enum stspolicy_mode)i)))) {
			a->mode = (enum stspolicy_mode)i;
			return buf_add(&a->patterns, slice_trim(answer));
		}
	return fail_set(f, EX_TEMPFAIL, "mta-sts: no such answer");
}

/* Why it ended with that, as it says on standard error. */
static int
failed(const struct running *r, int status, struct fail *f)
{
	char text[REASON];
	ssize_t n = read(r->err, text, sizeof(text));
	struct slice said = { text, n > 0 ? (size_t)n : 0 }, line;

	if (slice_until(&said, '\n', &line))
		return fail_set(f, EX_TEMPFAIL, "%s", TEXT_SHOW(line));
	return fail_set(f, EX_TEMPFAIL, "mta-sts: status %d", status);
}

static int
run(struct stsask *a, char *path, const char *domain, struct fail *f)
{
	struct buf answer = BUF(ANSWER);
	struct running r = start(a, path, domain, f);
	int status = 0, rc = -1;

	if (r.pid != -1 && (rc = read_answer(r.out, &answer, f)) == -1)
		child_kill(r.pid);
	else if (r.pid != -1 &&
	    (rc = child_wait(r.pid, END, &status, f)) == -1)
		(void)fail_at(f, "mta-sts");
	/* Where it could not even look, a policy may be there. */
	if (rc == 0 && answer.n == 0 && (status == EX_USAGE ||
	    status == EX_CONFIG || status == EX_SOFTWARE || status > 100))
		rc = failed(&r, status, f);
	close_some((int[]){ r.out, r.err }, 2);
	if (rc == 0)
		rc = take_answer(a, buf_slice(&answer), f);
	buf_free(&answer);
	return rc;
}

int
stsask_run(struct stsask *a, const char *domain, struct fail *f)
{
	char path[BESIDE_PATH];

	a->mode = STSPOLICY_NONE;
	a->patterns = BUF(ANSWER);
	if (a->use == STSASK_NO)
		return 0;
	if (beside_find(path, "mta-sts") == 0)
		return a->use == STSASK_FOUND ? 0 : fail_set(f, EX_CONFIG,
		    "sts=yes: mta-sts is not beside this program");
	return run(a, path, domain, f);
}

int
stsask_matches(const struct stsask *a, const char *host)
{
	struct slice rest = buf_slice(&a->patterns), pattern;

	while (slice_word(&rest, &pattern))
		if (stspolicy_is(pattern, slice_str(host)))
			return 1;
	return 0;
}

void
stsask_free(struct stsask *a)
{
	buf_free(&a->patterns);
}
