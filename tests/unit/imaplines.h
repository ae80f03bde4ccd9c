/* SPDX-License-Identifier: ISC */
/*
 * imaplines: a server of IMAP within the test: it says the next of the lines
 * that it was given whenever the engine wants to read, and so after it has
 * heard what is said.  TAG at the beginning of a line stands for the tag of the
 * oldest command that has no answer yet.
 */
#ifndef IMAPLINES_H
#define IMAPLINES_H

#include <fcntl.h>
#include <string.h>

#include "../../cmd/imap/engine.h"
#include "stream.h"

struct imaplines {
	struct slice left; /* to be said */
	char tags[128][ENGINE_TAG];
	unsigned heard, answered;
	struct buf commands; /* without tags, a line feed behind each */
};

static ssize_t
imaplines_read(struct stream *s, char *to, size_t n, struct fail *f)
{
	struct imaplines *l = s->layered;
	struct slice line;
	size_t size = 0;

	(void)f;
	if (l->left.n == 0)
		return 0;
	if (slice_starts(l->left, SLICE("TAG ")) && l->answered < l->heard) {
		size = ENGINE_TAG - 1;
		memcpy(to, l->tags[l->answered++ % 128], size);
		l->left = slice_sub(l->left, 3, l->left.n);
	}
	line = slice_sub(l->left, 0, slice_find(l->left, '\n'));
	line = slice_sub(line, 0, n - size - 2);
	memcpy(to + size, line.p, line.n);
	l->left = slice_sub(l->left, line.n, l->left.n);
	size += line.n;
	if (slice_peek(l->left) == '\n') {
		memcpy(to + size, "\r\n", 2);
		size += 2;
		(void)slice_getc(&l->left);
	}
	return (ssize_t)size;
}

static ssize_t
imaplines_write(struct stream *s, struct slice bytes, struct fail *f)
{
	struct imaplines *l = s->layered;
	struct slice line, rest = bytes;

	(void)f;
	while (slice_until(&rest, '\n', &line)) {
		line = slice_trim(line);
		if (slice_find(line, ' ') == ENGINE_TAG - 1) {
			memcpy(l->tags[l->heard++ % 128], line.p,
			    ENGINE_TAG - 1);
			line = slice_sub(line, ENGINE_TAG, line.n);
		}
		(void)buf_add(&l->commands, line);
		(void)buf_addc(&l->commands, '\n');
	}
	return (ssize_t)bytes.n;
}

static int
imaplines_buffered(const struct stream *s)
{
	(void)s;
	return 1;
}

static void
imaplines_end(struct stream *s)
{
	(void)s;
}

/* Starts a session that has logged in. */
static void
imaplines_begin(struct imap *i, struct imaplines *l, struct slice said)
{
	static const struct stream_layer layer = { imaplines_read,
		imaplines_write, imaplines_buffered, imaplines_end };
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	*l = (struct imaplines){ .left = said, .commands = BUF(1 << 20) };
	imap_begin(i, conn_new(fd, fd));
	i->own->greeted = i->own->in = 1;
	conn_stream(i->conn)->layer = &layer;
	conn_stream(i->conn)->layered = l;
}

static void
imaplines_close(struct imap *i, struct imaplines *l)
{
	i->dead = 1;
	conn_close(&i->conn);
	buf_free(&l->commands);
}

#endif
