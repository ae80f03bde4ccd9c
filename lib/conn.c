/* SPDX-License-Identifier: ISC */
/* conn: a connection to a peer; see conn.h.  Descriptors for now; another
 * transport replaces receive() and transmit(). */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"
#include "limits.h"
#include "mem.h"

enum {
	ROOM = LIMIT_TEXT_LINE + 4096, /* of input */
	PIPE_PIECE = 4096, /* POSIX: a pipe that polls writable takes it all */
};

struct conn {
	int in, out;
	int socket; /* "out" is one: send(2) can refuse to wait */
	unsigned seconds;
	time_t end_at; /* on CLOCK_MONOTONIC; 0: no end */
	const volatile sig_atomic_t *stop;
	const sigset_t *during;
	struct buf output;
	size_t start, end;   /* unread bytes of "input" */
	size_t scanned;	     /* of them, known to hold no line end */
	unsigned flaws;	     /* of the line being read */
	char *input;
};

/* A deadline on CLOCK_MONOTONIC; "set" once the first wait began. */
struct deadline {
	int set;
	int end; /* it is that of conn_end */
	struct timespec at;
};

struct conn *
conn_new(int in, int out)
{
	struct conn *c = mem_alloc(sizeof(*c));
	int type;
	socklen_t n = sizeof(type);

	c->in = in;
	c->out = out;
	c->seconds = LIMIT_IDLE;
	c->socket = getsockopt(out, SOL_SOCKET, SO_TYPE, &type, &n) == 0;
	c->output = BUF(CONN_OUT);
	c->input = mem_resize(NULL, ROOM, 1);
	return c;
}

void
conn_close(struct conn **c)
{
	if (*c == NULL)
		return;
	(void)close((*c)->in);
	if ((*c)->out != (*c)->in)
		(void)close((*c)->out);
	buf_free(&(*c)->output);
	free((*c)->input);
	free(*c);
	*c = NULL;
}

int
conn_fd(const struct conn *c)
{
	return c->in;
}

void
conn_timeout(struct conn *c, unsigned seconds)
{
	c->seconds = seconds;
}

void
conn_end(struct conn *c, unsigned seconds)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	c->end_at = seconds == 0 ? 0 : /* begun seconds */
	    now.tv_sec + (time_t)seconds + 1;
}

void
conn_stoppable(struct conn *c, const volatile sig_atomic_t *stop,
    const sigset_t *during)
{
	c->stop = stop;
	c->during = during;
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
	struct pollfd p = { .fd = c->in, .events = POLLIN };

	return conn_buffered(c) > 0 ||
	    (poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0);
}

/* Time until the deadline; -1 when it has passed. */
static int
time_left(const struct conn *c, struct deadline *d, struct timespec *left)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!d->set) {
		d->set = 1;
		d->at = now;
		d->at.tv_sec += (time_t)c->seconds;
		d->end = c->end_at != 0 && c->end_at < d->at.tv_sec;
		if (d->end)
			d->at.tv_sec = c->end_at;
	}
	left->tv_sec = d->at.tv_sec - now.tv_sec;
	left->tv_nsec = d->at.tv_nsec - now.tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += 1000000000L;
		left->tv_sec--;
	}
	return left->tv_sec < 0 ? -1 : 0;
}

static int
time_is_up(const struct conn *c, const struct deadline *d, struct fail *f)
{
	if (d->end)
		return fail_set(f, EX_TEMPFAIL,
		    "not done within the time allowed");
	return fail_set(f, EX_TEMPFAIL, "no answer within %u seconds",
	    c->seconds);
}

/*
 * Waits until the peer can be read from or, with "writing", written to.
 * 0 with p[0] for input and p[1] for output; CONN_STOPPED; -1.
 */
static int
wait_for(struct conn *c, struct pollfd p[2], int stoppable, struct deadline *d,
    struct fail *f)
{
	struct timespec left;
	int n;

	for (;;) {
		if (stoppable && c->stop != NULL && *c->stop)
			return CONN_STOPPED;
		if (time_left(c, d, &left) == -1)
			return time_is_up(c, d, f);
		n = ppoll(p, 2, &left, stoppable ? c->during : NULL);
		if (n > 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "poll");
	}
}

/* Reads what there is behind the unread bytes, for which there is room.
 * Its count; 0 at the end; -1. */
static ssize_t
receive(struct conn *c, struct fail *f)
{
	ssize_t n;

	do
		n = read(c->in, c->input + c->end, ROOM - c->end);
	while (n == -1 && errno == EINTR);
	if (n == -1 && (errno == ECONNRESET || errno == EPIPE))
		n = 0;
	if (n == -1)
		return fail_errno(f, EX_TEMPFAIL, "read from the peer");
	c->end += (size_t)n;
	return n;
}

/* Writes some of "s" without waiting: the count, or -1 with errno. */
static ssize_t
transmit(struct conn *c, struct slice s)
{
	if (c->socket)
		return send(c->out, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(c->out, s.p, s.n < PIPE_PIECE ? s.n : PIPE_PIECE);
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
	struct pollfd p[2] = { { c->in, POLLIN, 0 }, { c->out, POLLOUT, 0 } };

	make_room(c);
	if (c->end == ROOM)
		p[0].fd = -1;
	for (;;) {
		if (wait_for(c, p, 0, d, f) == -1)
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
		ssize_t n;

		if (!c->socket && wait_to_write(c, d, f) == -1)
			return -1;
		n = transmit(c, s);
		if (n >= 0)
			s = slice_sub(s, (size_t)n, s.n);
		else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (wait_to_write(c, d, f) == -1)
				return -1;
		} else if (errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "write to the peer");
	}
	return 0;
}

int
conn_flush(struct conn *c, struct fail *f)
{
	struct deadline d = { 0 };

	return flush(c, &d, f);
}

/* Reads more input: CONN_LINE where some came, else why not. */
static int
fill(struct conn *c, int mode, struct deadline *d, struct fail *f)
{
	struct pollfd p[2] = { { c->in, POLLIN, 0 }, { -1, 0, 0 } };
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
	if ((rc = wait_for(c, p, stoppable, d, f)) != 0)
		return rc;
	if ((n = receive(c, f)) == -1)
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
	struct deadline d = { 0 };
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
