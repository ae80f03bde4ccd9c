/* SPDX-License-Identifier: ISC */
/* input: a file that can be read more than once; see input.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "io.h"
#include "mem.h"
#include "scratch.h"
#include "text.h"

enum { WRITER = 2000 }; /* milliseconds for a FIFO's writer to come */

#define SHOW_NAME(in) TEXT_SHOW(slice_str((in)->name))

static int
too_long(const struct input *in, uint64_t max, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "%s: longer than %" PRIu64 " bytes",
	    SHOW_NAME(in), max);
}

/* Copies what "held" has, and what is left of "from" behind it, into a new
 * file, which becomes in->fd. */
static int
copy_to_file(struct input *in, int from, uint64_t max, struct fail *f)
{
	size_t n = (size_t)in->size;

	in->size = 0;
	if ((in->fd = scratch_open(f)) == -1)
		return -1;
	for (;;) {
		ssize_t k;

		if (io_write(in->fd, (struct slice){ in->held, n }) == -1)
			return fail_errno(f, EX_TEMPFAIL,
			    "temporary file: write");
		in->size += n;
		if (in->size > max)
			return too_long(in, max, f);
		if ((k = io_read(from, in->held, INPUT_BLOCK)) == -1)
			return fail_errno(f, EX_IOERR, "%s: read",
			    SHOW_NAME(in));
		if (k == 0)
			break;
		n = (size_t)k;
	}
	free(in->held);
	in->held = NULL;
	return 0;
}

int
input_keep(struct input *in, uint64_t max, struct fail *f)
{
	int from = in->fd, rc;

	if (!in->more)
		return 0;
	in->more = 0;
	rc = copy_to_file(in, from, max, f);
	(void)close(from);
	return rc;
}

/* Takes "fd" over: all of it where it is short, else the beginning. */
static int
hold(struct input *in, int fd, struct fail *f)
{
	ssize_t n;

	in->held = mem_resize(NULL, INPUT_BLOCK, 1);
	in->fd = fd;
	if ((n = io_read(fd, in->held, INPUT_BLOCK)) == -1)
		return fail_errno(f, EX_IOERR, "%s: read", SHOW_NAME(in));
	in->size = (uint64_t)n;
	in->more = n == INPUT_BLOCK;
	if (in->more)
		return 0;
	in->fd = -1;
	(void)close(fd);
	return 0;
}

/* Takes "fd" over for a regular file, from its present offset on. */
static void
in_place(struct input *in, int fd, uint64_t size)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	in->fd = fd;
	in->start = at > 0 ? (uint64_t)at : 0;
	in->size = size > in->start ? size - in->start : 0;
}

/* Where nobody writes to a FIFO, or ever did, it must not be taken for an
 * empty file. */
static int
await_writer(int fd, struct fail *f)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, WRITER);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		return fail_set(f, EX_NOINPUT, "a FIFO that nobody writes to");
	return n == -1 ? fail_errno(f, EX_NOINPUT, "poll") : 0;
}

int
input_fd(const char *path, struct fail *f)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int rc = 0, flags;

	if (fd == -1)
		return fail_errno(f, EX_NOINPUT, "open");
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		rc = await_writer(fd, f);
	if (rc == 0 && ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == -1))
		rc = fail_errno(f, EX_NOINPUT, "open");
	if (rc == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* A descriptor of our own for "path". */
static int
open_path(struct input *in, const char *path, struct fail *f)
{
	int standard = strcmp(path, "-") == 0, fd;

	in->name = standard ? "standard input" : path;
	if (standard) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd == -1)
			(void)fail_errno(f, EX_NOINPUT, "open");
	} else {
		fd = input_fd(path, f);
	}
	return fd == -1 ? fail_at(f, SHOW_NAME(in)) : fd;
}

int
input_start(struct input *in, const char *path, struct fail *f)
{
	struct stat st;
	int fd, rc = 0;

	*in = (struct input){ .fd = -1 };
	if ((fd = open_path(in, path, f)) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		st.st_mode = 0;
	/* Files of /proc say that they are empty, and are not. */
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		in_place(in, fd, (uint64_t)st.st_size);
	} else if (S_ISDIR(st.st_mode)) {
		rc = fail_set(f, EX_NOINPUT, "%s: is a directory",
		    SHOW_NAME(in));
		(void)close(fd);
	} else {
		rc = hold(in, fd, f);
	}
	if (rc == -1)
		input_close(in);
	return rc;
}

int
input_open(struct input *in, const char *path, uint64_t max, struct fail *f)
{
	int rc = input_start(in, path, f);

	if (rc == 0)
		rc = input_keep(in, max, f);
	if (rc == 0 && in->size > max)
		rc = too_long(in, max, f);
	if (rc == -1)
		input_close(in);
	return rc;
}

/* As input_read, from what was opened and not from the head. */
static int
read_at(const struct input *in, uint64_t offset, char *to, size_t n,
    struct fail *f)
{
	size_t got = 0;

	if (in->held != NULL || in->fd == -1) {
		if (n > 0)
			memcpy(to, in->held + offset, n);
		return 0;
	}
	while (got < n) {
		ssize_t k = pread(in->fd, to + got, n - got,
		    (off_t)(in->start + offset + got));

		if (k == 0)
			return fail_set(f, EX_IOERR,
			    "%s: became shorter while it was read",
			    SHOW_NAME(in));
		if (k > 0)
			got += (size_t)k;
		else if (errno != EINTR)
			return fail_errno(f, EX_IOERR, "%s: read",
			    SHOW_NAME(in));
	}
	return 0;
}

int
input_read(const struct input *in, uint64_t offset, char *to, size_t n,
    size_t *got, struct fail *f)
{
	uint64_t left = offset < in->size ? in->size - offset : 0;
	size_t from_head = 0;

	*got = 0;
	if (n > left)
		n = (size_t)left;
	if (offset < in->head.n && n > 0) {
		from_head = in->head.n - (size_t)offset;
		if (from_head > n)
			from_head = n;
		memcpy(to, in->head.p + offset, from_head);
	}
	if (n > from_head &&
	    read_at(in, offset + from_head - in->head.n + in->replaced,
		to + from_head, n - from_head, f) == -1)
		return -1;
	*got = n;
	return 0;
}

/* What comes behind "held". */
static int
each_of_rest(const struct input *in,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f)
{
	char *block = mem_resize(NULL, INPUT_BLOCK, 1);
	ssize_t n = INPUT_BLOCK;
	int rc = 0;

	while (rc == 0 && n == INPUT_BLOCK) {
		if ((n = io_read(in->fd, block, INPUT_BLOCK)) == -1)
			rc = fail_errno(f, EX_IOERR, "%s: read",
			    SHOW_NAME(in));
		else if (n > 0)
			rc = each(ctx, (struct slice){ block, (size_t)n }, f);
	}
	free(block);
	return rc;
}

int
input_each(const struct input *in,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f)
{
	char *block = mem_resize(NULL, INPUT_BLOCK, 1);
	uint64_t at;
	size_t got = 0;
	int rc = 0;

	for (at = 0; rc == 0 && at < in->size; at += got) {
		rc = input_read(in, at, block, INPUT_BLOCK, &got, f);
		if (rc == 0)
			rc = each(ctx, (struct slice){ block, got }, f);
	}
	free(block);
	if (rc == 0 && in->more)
		rc = each_of_rest(in, each, ctx, f);
	return rc;
}

void
input_replace_head(struct input *in, uint64_t n, struct slice head)
{
	in->size = in->size - n + head.n;
	in->replaced = n;
	in->head = head;
}

void
input_close(struct input *in)
{
	if (in->fd != -1)
		(void)close(in->fd);
	free(in->held);
	*in = (struct input){ .fd = -1 };
}
