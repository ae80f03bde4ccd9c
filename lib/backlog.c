/* SPDX-License-Identifier: ISC */
/* backlog: bytes that nobody waits for; see backlog.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backlog.h"
#include "duplex.h"
#include "io.h"
#include "mem.h"
#include "scratch.h"

enum {
	PIECE = 65536, /* of the file, at once */
};

struct backlog {
	int fd;
	int terminal;	 /* a description of our own, or -1 */
	int never;	 /* a terminal that cannot be had so: till the end */
	int file;	 /* takes all */
	struct duplex reader;
	int kept;	 /* the temporary file; -1: none so far */
	off_t start, end; /* what is in it and was not written */
	int no_room;
	char *piece;
};

/* A description that never waits; its flags are nobody else's. */
static void
open_terminal(struct backlog *b)
{
	char name[256];

	if (ttyname_r(b->fd, name, sizeof(name)) == 0)
		b->terminal = open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK |
		    O_CLOEXEC);
	b->never = b->terminal == -1;
}

struct backlog *
backlog_new(int fd)
{
	struct backlog *b = mem_alloc(sizeof(*b));
	struct stat st;

	b->fd = fd;
	b->terminal = b->kept = -1;
	b->reader = duplex_of(fd, fd);
	if (isatty(fd))
		open_terminal(b);
	else
		b->file = fstat(fd, &st) == 0 && !S_ISFIFO(st.st_mode) &&
		    !S_ISSOCK(st.st_mode);
	return b;
}

static ssize_t
offer_piece(struct backlog *b, struct slice s)
{
	if (b->file)
		return io_write(b->fd, s) == 0 ? (ssize_t)s.n : -1;
	if (b->terminal != -1)
		return write(b->terminal, s.p, s.n);
	if (!b->never)
		return duplex_write(&b->reader, s);
	errno = EAGAIN;
	return -1;
}

/* How much is taken at once, or -1 with errno. */
static ssize_t
offer(struct backlog *b, struct slice s)
{
	size_t had = s.n;
	ssize_t n;

	while (s.n > 0) {
		if ((n = offer_piece(b, s)) >= 0)
			s = slice_sub(s, (size_t)n, s.n);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)(had - s.n);
}

/* The next piece of what is kept: 0, or -1 with errno. */
static int
read_kept(struct backlog *b, struct slice *s)
{
	off_t left = b->end - b->start;
	ssize_t n;

	if (b->piece == NULL)
		b->piece = mem_resize(NULL, PIECE, 1);
	do
		n = pread(b->kept, b->piece, left < PIECE ? (size_t)left :
		    PIECE, b->start);
	while (n == -1 && errno == EINTR);
	*s = (struct slice){ b->piece, n > 0 ? (size_t)n : 0 };
	if (n > 0)
		return 0;
	b->no_room = 1;
	if (n == 0) /* somebody cut it */
		errno = EIO;
	return -1;
}

/* So much of it was written: the file shrinks when it holds nothing more. */
static void
forget(struct backlog *b, size_t n)
{
	b->start += (off_t)n;
	if (b->start == b->end && ftruncate(b->kept, 0) == 0)
		b->start = b->end = 0;
}

/* What is kept, as far as it is taken: 0, or -1. */
static int
offer_kept(struct backlog *b)
{
	struct slice s;
	ssize_t n;

	while (b->start < b->end) {
		if (read_kept(b, &s) == -1 || (n = offer(b, s)) == -1)
			return -1;
		forget(b, (size_t)n);
		if ((size_t)n < s.n)
			break;
	}
	return 0;
}

static int
keep(struct backlog *b, struct slice s)
{
	struct fail f = { 0 };

	b->no_room = 1;
	if (b->kept == -1 && (b->kept = scratch_open(&f)) == -1) {
		errno = f.error != 0 ? f.error : ENAMETOOLONG;
		return -1;
	}
	if (lseek(b->kept, b->end, SEEK_SET) == -1 ||
	    io_write(b->kept, s) == -1)
		return -1;
	b->end += (off_t)s.n;
	b->no_room = 0;
	return 0;
}

int
backlog_put(struct backlog *b, struct slice s)
{
	ssize_t n = 0;

	if (offer_kept(b) == -1)
		return -1;
	if (b->start == b->end && (n = offer(b, s)) == -1)
		return -1;
	s = slice_sub(s, (size_t)n, s.n);
	return s.n == 0 ? 0 : keep(b, s);
}

int
backlog_flush(struct backlog *b)
{
	struct slice s;

	while (b->start < b->end) {
		if (read_kept(b, &s) == -1 || io_write(b->fd, s) == -1)
			return -1;
		forget(b, s.n);
	}
	return 0;
}

int
backlog_no_room(const struct backlog *b)
{
	return b->no_room;
}

void
backlog_free(struct backlog **b)
{
	if (*b == NULL)
		return;
	if ((*b)->kept != -1)
		(void)close((*b)->kept);
	if ((*b)->terminal != -1)
		(void)close((*b)->terminal);
	free((*b)->piece);
	free(*b);
	*b = NULL;
}
