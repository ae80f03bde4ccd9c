/* SPDX-License-Identifier: ISC */
/* apart: a part of a session that is a process of its own; see apart.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"
#include "handover.h"
#include "io.h"
#include "log.h"
#include "ticks.h"

int
apart_get(int fd, void *to, size_t n)
{
	return io_read(fd, to, n) == (ssize_t)n ? 0 : -1;
}

int
apart_hear(const struct apart *p, void *to, size_t n)
{
	struct pollfd waits = { .fd = p->fd, .events = POLLIN };
	uint64_t end = ticks_now() + (uint64_t)p->limit * 1000, now;
	int rc = 1;

	if (p->limit > 0)
		do {
			now = ticks_now();
			rc = now >= end ? 0 :
			    poll(&waits, 1, (int)(end - now));
		} while (rc == -1 && errno == EINTR);
	return rc == 1 ? apart_get(p->fd, to, n) : -1;
}

int
apart_put(int fd, const void *from, size_t n)
{
	return io_write(fd, (struct slice){ from, n });
}

static int
put_both(int fd, struct slice first, struct slice second)
{
	/* UNSAFE: writev only reads them */
	struct iovec both[] = { { (void *)(uintptr_t)first.p, first.n },
		{ (void *)(uintptr_t)second.p, second.n } };
	ssize_t rc = writev(fd, both, 2);
	size_t n = rc == -1 ? 0 : (size_t)rc, of_first;

	if (rc == -1 && errno != EINTR)
		return -1;
	of_first = n < first.n ? n : first.n;
	if (io_write(fd, slice_sub(first, of_first, first.n)) == -1)
		return -1;
	return io_write(fd, slice_sub(second, n - of_first, second.n));
}

int
apart_ask(struct apart *p, struct slice request, struct slice bytes)
{
	p->asked = 1;
	return put_both(p->fd, request, bytes);
}

void
apart_await(struct apart *p, int fd)
{
	*p = (struct apart){ .fd = fd };
}

void
apart_limit(struct apart *p, unsigned seconds)
{
	const struct timeval limit = { .tv_sec = (time_t)seconds };

	p->limit = seconds;
	(void)setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
	    sizeof(limit));
}

/* The connection, above all, is not its. */
void
apart_begin(int fd)
{
	log_forget();
	if (dup2(fd, STDIN_FILENO) == -1)
		_exit(EX_OSERR);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	closefrom(STDERR_FILENO + 1);
}

int
apart_start(struct apart *p, void (*serve)(void *ctx, int fd), void *ctx,
    struct fail *f)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return fail_errno(f, EX_TEMPFAIL, "socketpair");
	if ((p->pid = fork()) == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "fork");
		(void)close(pair[0]);
		(void)close(pair[1]);
		return -1;
	}
	if (p->pid == 0) {
		apart_begin(pair[0]);
		serve(ctx, STDIN_FILENO);
		_exit(0);
	}
	(void)close(pair[0]);
	p->fd = pair[1];
	return 0;
}

void
apart_end(struct apart *p)
{
	char ignored;

	if (p->pid == 0 && p->asked && shutdown(p->fd, SHUT_WR) == 0)
		while (apart_get(p->fd, &ignored, sizeof(ignored)) == 0)
			;
	(void)close(p->fd);
	while (p->pid != 0 && waitpid(p->pid, NULL, 0) == -1 &&
	    errno == EINTR)
		;
}

void
apart_tie(int fd)
{
#ifdef F_SETSIG
	struct pollfd p = { .fd = fd, .events = POLLIN };

	(void)signal(SIGHUP, SIG_DFL);
	if (fcntl(fd, F_SETOWN, getpid()) == -1 ||
	    fcntl(fd, F_SETSIG, SIGHUP) == -1 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC) == -1)
		return;
	if (poll(&p, 1, 0) == 1) /* it was closed before */
		(void)raise(SIGHUP);
#else
	(void)fd;
#endif
}

int
apart_give(int fd, int given)
{
	return handover_give(fd, given, SLICE("\n"));
}

int
apart_take(int fd)
{
	char ignored;

	return handover_take(fd, &ignored, sizeof(ignored));
}
