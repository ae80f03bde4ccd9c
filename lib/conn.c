/* SPDX-License-Identifier: ISC */
/* conn: a connection to a peer; see conn.h.  Descriptors for now; another
 * transport replaces receive() and transmit(). */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "deadline.h"
#include "duplex.h"
#include "limits.h"
#include "mem.h"

enum {
	ROOM = LIMIT_TEXT_LINE + 4096, /* of input */
	AGAIN = -2,		       /* it would have to wait */
};

struct conn {
	struct duplex duplex;
	struct deadline_rules rules;
	struct buf output;
	size_t start, end;   /* unread bytes of "input" */
	size_t scanned;	     /* of them, known to hold no line end */
	unsigned flaws;	     /* of the line being read */
	char *input;
};

struct conn *
conn_new(int in, int out)
{
	struct conn *c = mem_alloc(sizeof(*c));

	c->duplex = duplex_of(in, out);
	c->rules.seconds = LIMIT_IDLE;
	c->output = BUF(CONN_OUT);
	c->input = mem_resize(NULL, ROOM, 1);
	return c;
}

void
conn_close(struct conn **c)
{
	if (*c == NULL)
		return;
	duplex_close(&(*c)->duplex);
	buf_free(&(*c)->output);
	free((*c)->input);
	free(*c);
	*c = NULL;
}

int
conn_fd(const struct conn *c)
{
	return c->duplex.in;
}

void
conn_timeout(struct conn *c, unsigned seconds)
{
	c->rules.seconds = seconds;
}

void
conn_end(struct conn *c, unsigned seconds)
{
	c->rules.end_at = seconds == 0 ? 0 : deadline_in(seconds);
}

void
conn_stoppable(struct conn *c, const volatile sig_atomic_t *stop,
    const sigset_t *during)
{
	c->rules.stop = stop;
	c->rules.during = during;
}

size_t
conn_buffered(const struct conn *c)
{
	return c->end - c->start;
}

struct buf *
conn_out(struct conn *c)
{
	return &c->output;
}

int
conn_full(struct conn *c)
{
	return c->output.n >= CONN_FULL;
}

int
conn_pending(struct conn *c)
{
	struct pollfd p = { .fd = c->duplex.in, .events = POLLIN };

	return conn_buffered(c) > 0 ||
	    (poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0);
}

/* Reads what there is behind the unread bytes, for which there is room.
 * Its count; 0 at the end; AGAIN; -1. */
static ssize_t
receive(struct conn *c, struct fail *f)
{
	ssize_t n = duplex_read(&c->duplex, c->input + c->end, ROOM - c->end);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return AGAIN;
	if (n == -1)
		return fail_errno(f, EX_TEMPFAIL, "read from the peer");
	c->end += (size_t)n;
	return n;
}

/* Writes some of "s": its count; AGAIN; -1. */
static ssize_t
transmit(struct conn *c, struct slice s, struct fail *f)
{
	ssize_t n = duplex_write(&c->duplex, s);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return AGAIN;
	return n == -1 ? fail_errno(f, EX_TEMPFAIL, "write to the peer") : n;
}

static void
make_room(struct conn *c)
{
	if (c->start == 0)
		return;
	memmove(c->input, c->input + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
}

/* Waits to write, and reads meanwhile. */
static int
wait_to_write(struct conn *c, struct deadline *d, struct fail *f)
{
	struct pollfd p[2] = { { c->duplex.in, POLLIN, 0 },
		{ c->duplex.out, POLLOUT, 0 } };

	make_room(c);
	if (c->end == ROOM)
		p[0].fd = -1;
	for (;;) {
		if (deadline_wait(d, p, 0, f) == -1)
			return -1;
		if ((p[0].revents & POLLIN) != 0) {
			ssize_t n = receive(c, f);

			if (n == -1)
				return -1;
			if (n == 0 || c->end == ROOM)
				p[0].fd = -1;
		} else if (p[0].revents != 0) {
			p[0].fd = -1;
		}
		if (p[1].revents != 0)
			return 0;
	}
}

/* conn_flush as a part of a call whose deadline is "d". */
static int
flush(struct conn *c, struct deadline *d, struct fail *f)
{
	struct slice s = buf_slice(&c->output);

	buf_clear(&c->output);
	while (s.n > 0) {
		ssize_t n = transmit(c, s, f);

		if (n == -1 || (n == AGAIN && wait_to_write(c, d, f) == -1))
			return -1;
		if (n > 0)
			s = slice_sub(s, (size_t)n, s.n);
	}
	return 0;
}

int
conn_flush(struct conn *c, struct fail *f)
{
	struct deadline d = { .rules = &c->rules };

	return flush(c, &d, f);
}

/* Reads more input: CONN_LINE where some came, else why not. */
static int
fill(struct conn *c, int mode, struct deadline *d, struct fail *f)
{
	struct pollfd p[2] = { { c->duplex.in, POLLIN, 0 }, { -1, 0, 0 } };
	int stoppable = mode == CONN_COMMAND && c->start == c->end &&
	    c->flaws == 0;
	int rc;
	size_t had = conn_buffered(c);
	ssize_t n;

	if (c->output.n > 0 && flush(c, d, f) == -1)
		return CONN_FAILED;
	if (conn_buffered(c) > had)
		return CONN_LINE; /* it came while we wrote */
	if (c->end == ROOM)
		make_room(c);
	if (c->start == c->end)
		c->start = c->end = c->scanned = 0;
	do {
		if ((rc = deadline_wait(d, p, stoppable, f)) != DEADLINE_READY)
			return rc == DEADLINE_STOPPED ? CONN_STOPPED :
			    CONN_FAILED;
		n = receive(c, f);
	} while (n == AGAIN);
	if (n == -1)
		return CONN_FAILED;
	return n == 0 ? CONN_CLOSED : CONN_LINE;
}

/*
 * Looks for the end of the line in what was not scanned yet: its length with
 * the line end, or 0 where more input is needed.
 */
static size_t
line_end(struct conn *c, int mode)
{
	const char *p = c->input + c->start;
	size_t n = c->end - c->start;

	while (c->scanned < n) {
		const char *lf = memchr(p + c->scanned, '\n', n - c->scanned);

		if (lf == NULL) {
			c->scanned = n;
			return 0;
		}
		c->scanned = (size_t)(lf - p) + 1;
		if (c->scanned >= 2 && lf[-1] == '\r')
			return c->scanned;
		c->flaws |= CONN_BARE_LF;
		if (mode == CONN_COMMAND)
			return c->scanned;
	}
	return 0;
}

/* Drops what was read of a line that is too long, but a last CR: its LF may
 * be the next byte. */
static void
drop_scanned(struct conn *c)
{
	size_t keep = c->scanned > 0 && c->input[c->end - 1] == '\r';

	c->flaws |= CONN_LONG;
	c->start = c->end - keep;
	c->scanned = keep;
}

/* Takes the line of "n" bytes with its end off the input. */
static void
take_line(struct conn *c, size_t n, size_t limit, struct conn_line *line)
{
	struct slice s = { c->input + c->start, n };

	s.n -= s.n >= 2 && s.p[s.n - 2] == '\r' ? 2 : 1;
	if (s.n > limit)
		c->flaws |= CONN_LONG;
	if (slice_find(s, '\r') < s.n)
		c->flaws |= CONN_BARE_CR;
	if (slice_find(s, '\0') < s.n)
		c->flaws |= CONN_NUL;
	line->flaws = c->flaws;
	line->text = (c->flaws & CONN_LONG) != 0 ? SLICE("") : s;
	c->start += n;
	c->scanned = 0;
	c->flaws = 0;
}

int
conn_line(struct conn *c, size_t limit, int mode, struct conn_line *line,
    struct fail *f)
{
	struct deadline d = { .rules = &c->rules };
	size_t n;
	int rc;

	while ((n = line_end(c, mode)) == 0) {
		if (c->scanned > limit + 2) {
			drop_scanned(c);
			d.set = 0;
		}
		if ((rc = fill(c, mode, &d, f)) != CONN_LINE)
			return rc;
	}
	take_line(c, n, limit, line);
	return CONN_LINE;
}
