/* SPDX-License-Identifier: ISC */
/* statefile: the file of what was fetched; see statefile.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "filelock.h"
#include "io.h"
#include "mem.h"
#include "statefile.h"
#include "text.h"

enum {
	TRIES = 100,
	FIRST = 64,	   /* bytes of the first line */
	QUEUE = 134217728, /* bytes, the most: those of a batch, at worst */
};

static struct slice
first_line(const struct statefile *p, char text[FIRST])
{
	(void)snprintf(text, FIRST, "mailpipe-%.20s 1\n", p->kind);
	return slice_str(text);
}

static int
failed(const struct statefile *p, int class, const char *what, struct fail *f)
{
	char shown[TEXT_SHOWN];

	(void)text_show(shown, slice_str(p->path));
	(void)fail_errno(f, class, "%s: %s", shown, what);
	if (fail_is_full(f))
		f->class = EX_TEMPFAIL;
	return -1;
}

static int
open_file(struct statefile *p, struct fail *f)
{
	int flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC;
	struct stat st;

	p->fd = open(p->path, flags, 0600);
	if (p->fd == -1 && errno == ENOENT) {
		above_make(p->path, 0700);
		p->fd = open(p->path, flags, 0600);
	}
	if (p->fd == -1)
		return failed(p, errno == EACCES || errno == ENOENT ||
		    errno == ENOTDIR || errno == EROFS ? EX_CANTCREAT :
		    errno == ELOOP || errno == EISDIR ? EX_CONFIG :
		    EX_TEMPFAIL, "open", f);
	if (fstat(p->fd, &st) == -1 || !S_ISREG(st.st_mode))
		return fail_set(f, EX_CONFIG, "%s: not a regular file",
		    TEXT_SHOW(slice_str(p->path)));
	return 0;
}

/* 1 where it is locked, and still the file of that path; 0 where another took
 * its place meanwhile. */
static int
lock_file(struct statefile *p, struct fail *f)
{
	if (filelock_take(p->fd, 0, 0) == -1) {
		if (errno != EAGAIN)
			return failed(p, EX_TEMPFAIL, "lock", f);
		return fail_set(f, EX_TEMPFAIL, "%s: another %s-fetch uses it",
		    TEXT_SHOW(slice_str(p->path)), p->kind);
	}
	return filelock_is_at(p->fd, AT_FDCWD, p->path);
}

int
statefile_open(struct statefile *p, const char *path, struct fail *f)
{
	int tries, rc;

	p->path = path;
	p->other = -1;
	for (tries = 0; tries < TRIES; tries++) {
		if (open_file(p, f) == -1)
			return -1;
		if ((rc = lock_file(p, f)) != 0)
			return rc == 1 ? 0 : -1;
		(void)close(p->fd);
		p->fd = -1;
	}
	return fail_set(f, EX_TEMPFAIL, "%s: it is replaced again and again",
	    TEXT_SHOW(slice_str(path)));
}

static size_t
count_lines(struct slice lines)
{
	struct slice line;
	size_t n = 0;

	while (slice_until(&lines, '\n', &line))
		n++;
	return n;
}

static int
add(struct statefile *p, struct slice lines, int durably, struct fail *f)
{
	int fd = p->other != -1 ? p->other : p->fd;
	off_t end = lseek(fd, 0, SEEK_END);

	if (end == -1)
		return failed(p, EX_IOERR, "write", f);
	if (io_write(fd, lines) == 0 && (!durably || fdatasync(fd) == 0)) {
		p->lines += count_lines(lines);
		return 0;
	}
	(void)failed(p, EX_IOERR, "write", f);
	if (ftruncate(fd, end) == -1)
		p->unsure = 1;
	return -1;
}

/* The first line of a new file, or of one whose first line is not whole. */
static int
begin(struct statefile *p, struct fail *f)
{
	char text[FIRST];

	if (ftruncate(p->fd, 0) == -1)
		return failed(p, EX_IOERR, "write", f);
	if (add(p, first_line(p, text), 1, f) == -1)
		return -1;
	if (above_sync(p->path) == -1)
		return failed(p, EX_IOERR, "sync", f);
	return 0;
}

/* 1 where it begins as it has to; 0 where it has nothing else so far. */
static int
check_first(const struct statefile *p, struct fail *f)
{
	char text[FIRST] = "", line[FIRST];
	struct slice want = first_line(p, line), got;
	ssize_t n = pread(p->fd, text, want.n, 0);

	if (n == -1)
		return failed(p, EX_IOERR, "read", f);
	got = (struct slice){ text, (size_t)n };
	if (slice_eq(got, want))
		return 1;
	if (slice_starts(want, got))
		return 0;
	return fail_set(f, EX_CONFIG, "%s: not a file of %s-fetch, or of a "
	    "newer one", TEXT_SHOW(slice_str(p->path)), p->kind);
}

/* 0, or -1 where "line", which has no LF, is of another form. */
static int
split(struct slice line, struct statefile_line *out)
{
	struct slice time;
	uint64_t when;

	if (!slice_until(&line, '\t', &time) ||
	    slice_uint(time, 0, INT64_MAX, &when) == -1 ||
	    !slice_until(&line, '\t', &out->word) || line.n == 0)
		return -1;
	out->when = (int64_t)when;
	out->rest = line;
	return 0;
}

/* The lines of "held" that are whole go to "take", and what is left stays. */
static void
take_lines(struct statefile *p, struct buf *held,
    int (*take)(void *ctx, const struct statefile_line *line), void *ctx)
{
	struct statefile_line one;
	struct slice rest = buf_slice(held), line;
	size_t n;

	while ((n = slice_find(rest, '\n')) < rest.n) {
		line = slice_sub(rest, 0, n);
		rest = slice_sub(rest, n + 1, rest.n);
		if (p->lines++ > 0)
			p->bad += split(line, &one) == -1 ||
			    take(ctx, &one) == -1;
	}
	if (rest.n > 0)
		memmove(held->p, rest.p, rest.n);
	held->n = rest.n;
}

int
statefile_read(struct statefile *p,
    int (*take)(void *ctx, const struct statefile_line *line), void *ctx,
    struct fail *f)
{
	enum { BLOCK = 262144 };
	struct buf held = BUF(BLOCK + STATEFILE_LINE);
	uint64_t size = 0;
	ssize_t n = check_first(p, f);

	if (n != 1)
		return n == 0 ? begin(p, f) : -1;
	while ((n = pread(p->fd, buf_room(&held, BLOCK), BLOCK,
	    (off_t)size)) > 0) {
		held.n += (size_t)n;
		size += (uint64_t)n;
		take_lines(p, &held, take, ctx);
		/* No line of ours: as one that is no good. */
		if (held.n >= STATEFILE_LINE)
			held.n = 0;
	}
	if (n == -1 || (held.n > 0 &&
	    ftruncate(p->fd, (off_t)(size - held.n)) == -1))
		(void)failed(p, EX_IOERR, "read", f);
	else
		n = 0;
	buf_free(&held);
	return (int)n;
}

struct buf *
statefile_put(struct statefile *p, int64_t when, const char *word)
{
	p->queue.max = QUEUE;
	(void)buf_addf(&p->queue, "%" PRId64 "\t%s\t", when, word);
	return &p->queue;
}

int
statefile_write(struct statefile *p, int durably, struct fail *f)
{
	int rc = add(p, buf_slice(&p->queue), durably, f);

	buf_clear(&p->queue);
	return rc;
}

/* The path of the new file. */
static char *
new_path(const struct statefile *p)
{
	size_t n = strlen(p->path);
	char *path = mem_resize(NULL, n + sizeof(".new"), 1);

	memcpy(path, p->path, n);
	memcpy(path + n, ".new", sizeof(".new"));
	return path;
}

int
statefile_replace(struct statefile *p, struct fail *f)
{
	char text[FIRST];
	char *path = new_path(p);

	/* Left by a crash: who has the lock of the old one is the only one. */
	(void)unlink(path);
	p->other = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (p->other == -1)
		(void)failed(p, EX_CANTCREAT, "write another one", f);
	free(path);
	if (p->other == -1)
		return -1;
	if (filelock_take(p->other, 0, 0) == 0 &&
	    add(p, first_line(p, text), 0, f) == 0) {
		p->lines = 1;
		return 0;
	}
	(void)failed(p, EX_IOERR, "write another one", f);
	(void)statefile_replaced(p, 0, NULL);
	return -1;
}

int
statefile_replaced(struct statefile *p, int whole, struct fail *f)
{
	char *path = new_path(p);
	int rc = 0, old = p->other;

	if (whole && (fsync(p->other) == -1 || rename(path, p->path) == -1)) {
		rc = failed(p, EX_IOERR, "write another one", f);
		whole = 0;
	}
	if (whole) {
		old = p->fd;
		p->fd = p->other;
		if (above_sync(p->path) == -1)
			rc = failed(p, EX_IOERR, "sync", f);
	} else {
		(void)unlink(path);
	}
	(void)close(old);
	p->other = -1;
	free(path);
	return rc;
}

void
statefile_close(struct statefile *p)
{
	if (p->fd != -1 && p->other != -1)
		(void)statefile_replaced(p, 0, NULL);
	if (p->fd != -1)
		(void)close(p->fd);
	p->fd = -1;
	buf_free(&p->queue);
}
