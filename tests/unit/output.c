/* SPDX-License-Identifier: ISC */
/* Tests of output: buffered bytes to a descriptor. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output.h"
#include "unit.h"

static int
temporary(void)
{
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	int fd = mkstemp(path);

	if (fd == -1)
		abort();
	(void)unlink(path);
	return fd;
}

static char
pattern(size_t at)
{
	return (char)(at % 251);
}

/* How many bytes of "fd" are not the pattern, or not there. */
static size_t
wrong_bytes(int fd, size_t n)
{
	size_t wrong = 0;
	struct stat st;
	char c;

	if (fstat(fd, &st) == -1 || (size_t)st.st_size != n)
		return n;
	for (size_t at = 0; at < n; at++)
		wrong += pread(fd, &c, 1, (off_t)at) != 1 || c != pattern(at);
	return wrong;
}

/* Pieces smaller than, as large as and larger than what is held back. */
static void
pieces(void)
{
	static const size_t sizes[] = { 0, 1, 3, 65535, 1, 65536, 2, 65537, 0,
		7, 100000 };
	static char bytes[100000];
	struct fail f = { 0 };
	int fd = temporary();
	struct output o = output_to(fd, "file");
	size_t at = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t k = 0; k < sizes[i]; k++)
			bytes[k] = pattern(at + k);
		output_put(&o, (struct slice){ bytes, sizes[i] });
		at += sizes[i];
	}
	output_putc(&o, pattern(at++));
	CHECK_INT(o.written, at);
	CHECK_INT(output_flush(&o, &f), 0);
	CHECK_INT(wrong_bytes(fd, at), 0);
	CHECK_INT(output_flush(&o, &f), 0);
	CHECK_INT(wrong_bytes(fd, at), 0);
	output_free(&o);
	(void)close(fd);
}

/* Long enough for a thread, with small pieces in between. */
static void
given(void)
{
	struct buf b = BUF(100000);
	struct fail f = { 0 };
	int fd = temporary();
	struct output o = output_to(fd, "file");
	size_t at = 0;

	for (unsigned i = 0; i < 120; i++) {
		size_t n = i % 5 == 0 ? 1000 : 65536 + i * 100;

		while (b.n < n)
			(void)buf_addc(&b, pattern(at++));
		output_give(&o, &b);
		CHECK_INT(b.n, 0);
		CHECK_INT(o.written, at);
		if (i % 7 == 0)
			output_putc(&o, pattern(at++));
	}
	CHECK(sysconf(_SC_NPROCESSORS_ONLN) == 1 || o.behind != NULL);
	CHECK_INT(output_flush(&o, &f), 0);
	CHECK(o.behind == NULL);
	CHECK_INT(wrong_bytes(fd, at), 0);
	output_free(&o);
	buf_free(&b);
	(void)close(fd);
}

/* An error of the thread is one of the output. */
static void
given_in_vain(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct output o = output_to(fd, "full");
	struct buf b = BUF(100000);
	struct fail f = { 0 };

	o.written = 10000000;
	for (int i = 0; i < 20; i++) {
		(void)buf_room(&b, 70000);
		memset(b.p, 'x', 70000);
		b.n = 70000;
		output_give(&o, &b);
	}
	CHECK_INT(o.error, ENOSPC);
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	output_free(&o);
	buf_free(&b);
	(void)close(fd);
}

static void
held_back(void)
{
	int fd = temporary();
	struct output o = output_to(fd, "file");
	struct fail f = { 0 };

	output_put(&o, (struct slice){ "\0", 1 });
	CHECK_INT(lseek(fd, 0, SEEK_END), 0);
	CHECK_INT(output_flush(&o, &f), 0);
	CHECK_INT(lseek(fd, 0, SEEK_END), 1);
	output_free(&o);
	(void)close(fd);
}

static void
nothing(void)
{
	struct output o = output_to(-1, "nowhere");
	struct fail f = { 0 };

	CHECK_INT(output_flush(&o, &f), 0);
	output_free(&o);
}

/* The first error is the one that is told, however much comes after it. */
static void
error_sticks(void)
{
	struct fail f = { 0 };
	int fd[2];
	struct output o;

	if (pipe(fd) == -1)
		abort();
	(void)close(fd[0]);
	(void)signal(SIGPIPE, SIG_IGN);
	o = output_to(fd[1], "the pipe");
	for (int i = 0; i < 200000; i++)
		output_putc(&o, 'a');
	CHECK_INT(o.error, EPIPE);
	(void)close(fd[1]);
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK_STR(f.text, "the pipe: write: Broken pipe");
	output_free(&o);
}

/* No room is a matter of time. */
static void
full(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct output o = output_to(fd, "disk");
	struct fail f = { 0 };

	output_put(&o, SLICE("x"));
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "disk: write: No space left on device");
	output_free(&o);
	(void)close(fd);
}

/* It is not done again for what was not told. */
static void
full_of_done(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct output o = output_of_done(fd, "disk");
	struct fail f = { 0 };

	output_put(&o, SLICE("x"));
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK_STR(f.text, "disk: write: No space left on device");
	output_free(&o);
	(void)close(fd);
}

/* Nothing of a name reaches a terminal as it is. */
static void
foreign_name(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct output o = output_to(fd, "a\x1b[31m\nb");
	struct fail f = { 0 };

	output_put(&o, SLICE("x"));
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_STR(f.text,
	    "a\\x1b[31m\\x0ab: write: No space left on device");
	output_free(&o);
	(void)close(fd);
}

/* A write that takes only a part is gone on with, up to the limit. */
static void
short_write(void)
{
	struct rlimit before, limit;
	static char bytes[70000];
	struct fail f = { 0 };
	int fd = temporary();
	struct output o = output_to(fd, "file");

	if (getrlimit(RLIMIT_FSIZE, &before) == -1)
		abort();
	limit = before;
	limit.rlim_cur = 66000;
	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		abort();
	output_put(&o, (struct slice){ bytes, sizeof(bytes) });
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(lseek(fd, 0, SEEK_END), 66000);
	CHECK_INT(f.class, EX_TEMPFAIL);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	output_free(&o);
	(void)close(fd);
}

/* Nobody reads, and nobody waits: also where much is given. */
static void
deferred(void)
{
	struct buf b = BUF(100000);
	struct fail f = { 0 };
	size_t at = 0, read_so_far = 0;
	int fd[2], status = -1;
	struct output o;
	pid_t pid;
	char c;

	if (pipe(fd) == -1)
		abort();
	o = output_to(fd[1], "the pipe");
	output_defer(&o);
	output_putc(&o, pattern(at++));
	output_offer(&o);
	CHECK_INT(read(fd[0], &c, 1), 1);
	CHECK_INT(c, pattern(read_so_far++));
	while (at < 6000000) { /* long enough for a thread */
		while (b.n < 70000)
			(void)buf_addc(&b, pattern(at++));
		output_give(&o, &b);
		output_putc(&o, pattern(at++));
	}
	CHECK(o.behind == NULL);
	if ((pid = fork()) == 0) {
		(void)close(fd[1]);
		while (read(fd[0], &c, 1) == 1 && c == pattern(read_so_far))
			read_so_far++;
		_exit(read_so_far != at);
	}
	CHECK_INT(output_flush(&o, &f), 0);
	(void)close(fd[1]);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	output_free(&o);
	buf_free(&b);
	(void)close(fd[0]);
}

/* Which of the two has no room. */
static void
deferred_in_vain(void)
{
	static char bytes[100000];
	struct fail f = { 0 };
	int fd[2];
	struct output o;

	if (pipe(fd) == -1 || setenv("TMPDIR", "/nonexistent", 1) == -1)
		abort();
	o = output_to(fd[1], "the pipe");
	output_defer(&o);
	output_put(&o, (struct slice){ bytes, sizeof(bytes) });
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK_STR(f.text, "temporary file: write: No such file or directory");
	(void)unsetenv("TMPDIR");
	output_free(&o);
	o = output_to(fd[1], "the pipe");
	output_defer(&o);
	output_put(&o, (struct slice){ bytes, sizeof(bytes) });
	(void)close(fd[0]);
	CHECK_INT(output_flush(&o, &f), -1);
	CHECK_STR(f.text, "the pipe: write: Broken pipe");
	output_free(&o);
	(void)close(fd[1]);
}

int
main(void)
{
	RUN(pieces);
	RUN(given);
	RUN(given_in_vain);
	RUN(held_back);
	RUN(nothing);
	RUN(error_sticks);
	RUN(full);
	RUN(full_of_done);
	RUN(foreign_name);
	RUN(short_write);
	RUN(deferred);
	RUN(deferred_in_vain);
	return unit_done();
}
