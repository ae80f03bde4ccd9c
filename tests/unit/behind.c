/* SPDX-License-Identifier: ISC */
/* Tests of behind: blocks that a thread writes. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "behind.h"
#include "unit.h"

static volatile sig_atomic_t signals;

static void
count(int signal)
{
	(void)signal;
	signals++;
}

/* Blocks of all sizes arrive in order, and what was given comes back empty,
 * with its maximum. */
static void
order(void)
{
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	int fd = mkstemp(path);
	struct behind *w = behind_start(fd);
	struct buf b = BUF(100000), want = BUF(10000000), got = BUF(10000000);
	off_t total;

	(void)unlink(path);
	for (unsigned i = 0; i < 100; i++) {
		for (unsigned k = 0; k < i * 991 % 90000; k++)
			(void)buf_addc(&b, (int)((i + k) % 251));
		(void)buf_add(&want, buf_slice(&b));
		CHECK_INT(behind_give(w, &b), 0);
		CHECK_INT(b.n, 0);
		CHECK_INT(b.max, 100000);
	}
	CHECK_INT(behind_wait(w), 0);
	CHECK_INT(pread(fd, buf_room(&got, want.n + 1), want.n + 1, 0), want.n);
	CHECK(memcmp(got.p, want.p, want.n) == 0);
	total = (off_t)want.n;
	CHECK_INT(behind_give(w, &want), 0);
	behind_end(&w);
	CHECK(w == NULL);
	CHECK_INT(lseek(fd, 0, SEEK_CUR), 2 * total);
	behind_end(&w);
	buf_free(&b);
	buf_free(&want);
	buf_free(&got);
	(void)close(fd);
}

/* The first error stays, and nothing waits for ever. */
static void
errors(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct behind *w = behind_start(fd);
	struct buf b = BUF(10);

	CHECK_INT(behind_wait(w), 0);
	for (int i = 0; i < 3 * BEHIND_BLOCKS; i++) {
		(void)buf_adds(&b, "text");
		(void)behind_give(w, &b);
	}
	CHECK_INT(behind_wait(w), ENOSPC);
	(void)buf_adds(&b, "text");
	CHECK_INT(behind_give(w, &b), ENOSPC);
	behind_end(&w);
	buf_free(&b);
	(void)close(fd);
}

/* After an error nothing more is written, though it could be. */
static void
nothing_after_an_error(void)
{
	struct buf b = BUF(10);
	struct behind *w;
	char byte[65536];
	int fd[2];

	if (pipe2(fd, O_NONBLOCK) == -1)
		abort();
	while (write(fd[1], "x", 1) == 1)
		;
	w = behind_start(fd[1]);
	(void)buf_adds(&b, "lost");
	(void)behind_give(w, &b);
	CHECK_INT(behind_wait(w), EAGAIN);
	while (read(fd[0], byte, sizeof(byte)) > 0)
		;
	(void)buf_adds(&b, "more");
	CHECK_INT(behind_give(w, &b), EAGAIN);
	behind_end(&w);
	CHECK_INT(read(fd[0], byte, sizeof(byte)), -1);
	buf_free(&b);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* A signal that the caller puts off is not handled by the thread instead. */
static void
signals_are_the_callers(void)
{
	struct sigaction action = { .sa_handler = count };
	struct behind *w;
	struct buf b = BUF(10);
	int fd = open("/dev/null", O_WRONLY);
	sigset_t set, pending;

	(void)sigaction(SIGTERM, &action, NULL);
	w = behind_start(fd);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)kill(getpid(), SIGTERM);
	(void)buf_adds(&b, "text");
	CHECK_INT(behind_give(w, &b), 0);
	CHECK_INT(behind_wait(w), 0);
	CHECK_INT(signals, 0);
	(void)sigpending(&pending);
	CHECK(sigismember(&pending, SIGTERM));
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	CHECK_INT(signals, 1);
	behind_end(&w);
	buf_free(&b);
	(void)close(fd);
}

int
main(void)
{
	RUN(order);
	RUN(errors);
	RUN(nothing_after_an_error);
	RUN(signals_are_the_callers);
	return unit_done();
}
