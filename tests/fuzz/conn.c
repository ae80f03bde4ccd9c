/* SPDX-License-Identifier: ISC */
/* Fuzz target: lines of a peer that cuts its bytes where it likes.  The first
 * byte chooses the mode, the limit and the size of the pieces; what comes out
 * has every byte of a line, with its flaws named. */

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"

enum { PACKETS = 100 }; /* what a socket holds for certain */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(const struct conn_line *line, size_t limit)
{
	struct slice s = line->text;
	int bare = slice_find(s, '\r') < s.n;

	if ((line->flaws & CONN_LONG) != 0) {
		if (s.n != CONN_BEGIN)
			abort();
		return;
	}
	if (s.n > limit ||
	    (bare && (line->flaws & CONN_BARE_CR) == 0) ||
	    (slice_find(s, '\n') < s.n && (line->flaws & CONN_BARE_LF) == 0) ||
	    (slice_find(s, '\0') < s.n && (line->flaws & CONN_NUL) == 0))
		abort();
}

static struct conn *
connect_with(struct slice s, size_t piece)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1)
		abort();
	if (piece < s.n / PACKETS + 1)
		piece = s.n / PACKETS + 1;
	for (size_t at = 0; at < s.n; at += piece) {
		struct slice part = slice_sub(s, at, at + piece);

		if (write(fd[1], part.p, part.n) != (ssize_t)part.n)
			abort();
	}
	(void)close(fd[1]);
	return conn_new(fd[0], fd[0]);
}

/* Takes plain lines: how many bytes they were, without CR. */
static size_t
take_plain(struct conn *c, size_t limit)
{
	struct slice text, line;
	size_t lines = conn_plain_lines(c, limit, &text), n = text.n;

	for (; lines > 0; lines--)
		if (!slice_until(&text, '\n', &line) || line.n > limit ||
		    slice_peek(line) == '.' ||
		    slice_find(line, '\r') < line.n ||
		    slice_find(line, '\0') < line.n)
			abort();
	if (text.n > 0)
		abort();
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	int mode = size > 0 && (data[0] & 1) != 0 ? CONN_DATA : CONN_COMMAND;
	size_t limit = CONN_BEGIN, taken = 0;
	struct conn_line line;
	struct conn *c;
	struct fail f;
	int rc;

	if (size < 1 || size > 20000)
		return 0;
	limit += data[0] >> 4;
	in = slice_sub(in, 1, size);
	c = connect_with(in, (size_t)(data[0] >> 1 & 7) + 1);
	while ((rc = conn_line(c, limit, mode, &line, &f)) == CONN_LINE) {
		check_line(&line, limit);
		taken += line.text.n + 1;
		if (mode == CONN_DATA && (data[0] & 2) != 0)
			taken += take_plain(c, limit);
	}
	if (rc != CONN_CLOSED || taken > in.n)
		abort();
	conn_close(&c);
	return 0;
}
