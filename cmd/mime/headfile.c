/* SPDX-License-Identifier: ISC */
/* headfile: the header of a message in a file; see headfile.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "headfile.h"
#include "input.h"
#include "message.h"

enum { FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/* The path is looked for only where it is stale, as each look costs more than
 * all the rest. */
static int
open_stale(const char *path, struct fail *f)
{
	char *found = message_path(path);
	int fd = open(found, FLAGS);

	if (fd == -1)
		(void)fail_errno(f, EX_NOINPUT, "open");
	free(found);
	return fd;
}

static int
open_path(const char *path, struct fail *f)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	if ((fd = open(path, FLAGS)) != -1)
		return fd;
	if (errno == ENOENT)
		return open_stale(path, f);
	return fail_errno(f, EX_NOINPUT, "open");
}

/* Takes what one has to wait for; before the first descriptor is closed, as a
 * FIFO's writer is killed while there is none. */
static int
open_again(struct headfile *h, const char *path, struct fail *f)
{
	int fd = input_fd(path, f);

	if (fd == -1)
		return -1;
	(void)close(h->fd);
	h->fd = fd;
	return 0;
}

/* Begins a field, or goes on with one, "n" bytes long: 0, or -1 at a limit. */
static int
note_line(struct headfile *h, size_t n, struct fail *f)
{
	int first = h->text.p[h->n];

	if (h->nfields == 0 || (first != ' ' && first != '\t')) {
		if (h->nfields == LIMIT_HEADER_FIELDS)
			return fail_set(f, EX_DATAERR,
			    "more than %d header fields", LIMIT_HEADER_FIELDS);
		h->start[h->nfields++] = (uint32_t)h->n;
	}
	if (h->n + n - h->start[h->nfields - 1] > LIMIT_HEADER_FIELD)
		return fail_set(f, EX_DATAERR,
		    "a header field longer than %d bytes", LIMIT_HEADER_FIELD);
	if (h->n + n > LIMIT_HEADER)
		return fail_set(f, EX_DATAERR, "a header longer than %d bytes",
		    LIMIT_HEADER);
	return 0;
}

/* Looks at the lines that came; the last may lack its end only where "eof" is
 * set.  1 where the header is complete, 0 where it is not, or -1. */
static int
scan(struct headfile *h, int eof, struct fail *f)
{
	struct slice rest = slice_sub(buf_slice(&h->text), h->n, h->text.n);

	while (rest.n > 0) {
		size_t n = slice_find(rest, '\n');
		int whole = n < rest.n;

		if (!whole && !eof)
			return rest.n > LIMIT_HEADER_FIELD
			    ? note_line(h, rest.n, f)
			    : 0;
		if (n == 0 || (n == 1 && rest.p[0] == '\r'))
			return 1;
		n += (size_t)whole;
		if (note_line(h, n, f) == -1)
			return -1;
		h->n += n;
		rest = slice_sub(rest, n, rest.n);
	}
	return eof;
}

/* Bytes that are no header cost as much to read as those that are, and a
 * second read more: so what is asked for follows the longest headers of late.
 */
static void
learn_size(struct headfile *h)
{
	size_t wanted = h->n + h->n / 4 + 64;

	if (wanted > HEADFILE_BLOCK)
		wanted = HEADFILE_BLOCK;
	if (wanted > h->first)
		h->first = wanted;
	else
		h->first -= (h->first - wanted) / 16;
}

static void
end_header(struct headfile *h)
{
	h->start[h->nfields] = (uint32_t)h->n;
	learn_size(h);
}

static int
read_header(struct headfile *h, const char *path, struct fail *f)
{
	size_t size = h->first;
	int rc = 0, waits = h->fd == STDIN_FILENO;

	while (rc == 0) {
		ssize_t n = read(h->fd, buf_room(&h->text, size), size);

		if (n == -1 && errno == EINTR)
			continue;
		if (!waits && ((n == 0 && h->text.n == 0) ||
		    (n == -1 && errno == EAGAIN))) {
			waits = 1;
			rc = open_again(h, path, f);
			continue;
		}
		if (n == -1)
			return fail_errno(f,
			    errno == EISDIR ? EX_NOINPUT : EX_IOERR, "read");
		h->text.n += (size_t)n;
		h->eof = n == 0;
		rc = scan(h, h->eof, f);
		size = HEADFILE_BLOCK;
	}
	end_header(h);
	return rc == -1 ? -1 : 0;
}

static void
start(struct headfile *h)
{
	buf_clear(&h->text);
	h->n = h->nfields = 0;
	h->eof = 0;
	h->fd = -1;
}

int
headfile_open(struct headfile *h, const char *path, struct fail *f)
{
	start(h);
	if ((h->fd = open_path(path, f)) == -1)
		return -1;
	return read_header(h, path, f);
}

int
headfile_take(struct headfile *h, struct slice bytes, int all)
{
	struct fail ignored;

	start(h);
	if (buf_add(&h->text, bytes) == -1 || scan(h, all, &ignored) != 1)
		return 0;
	h->eof = all;
	end_header(h);
	return 1;
}

struct hdr_field
headfile_field(const struct headfile *h, unsigned i)
{
	struct slice raw =
	    slice_sub(buf_slice(&h->text), h->start[i], h->start[i + 1]);
	struct hdr_field field = { .raw = raw };

	(void)hdr_next(&raw, &field);
	return field;
}

struct slice
headfile_fields(const struct headfile *h)
{
	return slice_sub(buf_slice(&h->text), 0, h->n);
}

struct slice
headfile_rest(const struct headfile *h)
{
	return slice_sub(buf_slice(&h->text), h->n, h->text.n);
}

ssize_t
headfile_read(struct headfile *h, char *to, size_t n, struct fail *f)
{
	ssize_t got;

	do
		got = read(h->fd, to, n);
	while (got == -1 && errno == EINTR);
	h->eof = got == 0;
	return got == -1 ? fail_errno(f, EX_IOERR, "read") : got;
}

static void
read_to_end(struct headfile *h)
{
	static char block[HEADFILE_BLOCK];
	struct fail ignored;

	while (!h->eof && headfile_read(h, block, sizeof(block), &ignored) > 0)
		;
}

void
headfile_close(struct headfile *h)
{
	if (h->fd == STDIN_FILENO && lseek(h->fd, 0, SEEK_CUR) == -1)
		read_to_end(h);
	if (h->fd > STDERR_FILENO)
		(void)close(h->fd);
	h->fd = -1;
}

void
headfile_free(struct headfile *h)
{
	buf_free(&h->text);
}
