/* SPDX-License-Identifier: ISC */
/* conn: a connection to a peer; see conn.h. */

#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "deadline.h"
#include "limits.h"
#include "mem.h"
#include "plainlines.h"
#include "stream.h"

struct conn {
	struct stream stream;
	struct deadline_rules rules;
	struct buf output;
	size_t start, end;   /* unread bytes of "input" */
	size_t scanned;	     /* of them, known to hold no line end */
	unsigned flaws;	     /* of the line being read */
	char begin[CONN_BEGIN]; /* of it, where it is CONN_LONG */
	char *input;
};

struct conn *
conn_new(int in, int out)
{
	struct conn *c = mem_alloc(sizeof(*c));

	c->stream.duplex = duplex_of(in, out);
	c->rules.seconds = LIMIT_IDLE;
	c->output = BUF(CONN_OUT);
	c->input = mem_resize(NULL, CONN_IN, 1);
	return c;
}

void
conn_close(struct conn **c)
{
	if (*c == NULL)
		return;
	stream_close(&(*c)->stream);
	buf_free(&(*c)->output);
	free((*c)->input);
	free(*c);
	*c = NULL;
}

int
conn_fd(const struct conn *c)
{
	return c->stream.duplex.in;
}

struct stream *
conn_stream(struct conn *c)
{
	return &c->stream;
}

const struct deadline_rules *
conn_rules(const struct conn *c)
{
	return &c->rules;
}

int
conn_begin(struct conn *c, struct slice bytes)
{
	if (bytes.n > CONN_IN - c->end)
		return -1;
	if (bytes.n > 0)
		memcpy(c->input + c->end, bytes.p, bytes.n);
	c->end += bytes.n;
	return 0;
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

void
conn_until(struct conn *c, const volatile sig_atomic_t *until)
{
	c->rules.until = until;
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

/* Reads what there is behind the unread bytes, for which there is room.
 * Its count; 0 at the end; STREAM_AGAIN; -1. */
static ssize_t
receive(struct conn *c, struct fail *f)
{
	ssize_t n = stream_read(&c->stream, c->input + c->end,
	    CONN_IN - c->end, f);

	c->end += n > 0 ? (size_t)n : 0;
	return n;
}

static void
make_room(struct conn *c)
{
	memmove(c->input, c->input + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
}

int
conn_pending(struct conn *c)
{
	struct pollfd p = { .fd = c->stream.duplex.in, .events = POLLIN };
	struct fail ignored;

	if (conn_buffered(c) > 0)
		return 1;
	/* Not all that comes in TLS is something that the peer said. */
	if (c->stream.tls != NULL || c->stream.layer != NULL) {
		c->start = c->end = c->scanned = 0;
		return receive(c, &ignored) != STREAM_AGAIN;
	}
	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

/* Waits to write, and reads meanwhile. */
static int
wait_to_write(struct conn *c, struct deadline *d, struct fail *f)
{
	struct pollfd p[2] = { { c->stream.duplex.in, POLLIN, 0 },
		{ c->stream.duplex.out, POLLOUT, 0 } };

	make_room(c);
	if (c->end == CONN_IN)
		p[0].fd = -1;
	for (;;) {
		if (deadline_wait(d, p, 0, f) == -1)
			return -1;
		if ((p[0].revents & POLLIN) != 0) {
			ssize_t n = receive(c, f);

			if (n == -1)
				return -1;
			if (n == 0 || c->end == CONN_IN)
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
		ssize_t n = stream_write(&c->stream, s, f);

		if (n == -1 || (n == STREAM_AGAIN &&
		    wait_to_write(c, d, f) == -1))
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
	struct pollfd p[2];
	int wait = !stream_buffered(&c->stream);
	int stoppable = mode == CONN_COMMAND && c->start == c->end &&
	    c->flaws == 0;
	size_t had = conn_buffered(c);
	ssize_t n;
	int rc;

	if (c->output.n > 0 && flush(c, d, f) == -1)
		return CONN_FAILED;
	if (conn_buffered(c) > had)
		return CONN_LINE; /* it came while we wrote */
	if (c->end == CONN_IN)
		make_room(c);
	if (c->start == c->end)
		c->start = c->end = c->scanned = 0;
	do {
		stream_wants(&c->stream, p);
		if (wait)
			duplex_acknowledge(&c->stream.duplex);
		rc = wait ? deadline_wait(d, p, stoppable, f) : DEADLINE_READY;
		if (rc != DEADLINE_READY)
			return rc == DEADLINE_STOPPED ? CONN_STOPPED :
			    CONN_FAILED;
		n = receive(c, f);
		wait = 1;
	} while (n == STREAM_AGAIN);
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
		if (mode != CONN_DATA)
			return c->scanned;
	}
	return 0;
}

/* Drops what was read of a line that is too long, but its beginning, and a last
 * CR: its LF may be the next byte. */
static void
drop_scanned(struct conn *c)
{
	size_t keep = c->scanned > 0 && c->input[c->end - 1] == '\r';

	/* UNSAFE: more than the limit was scanned, which is no less */
	if ((c->flaws & CONN_LONG) == 0)
		memcpy(c->begin, c->input + c->start, CONN_BEGIN);
	c->flaws |= CONN_LONG;
	c->start = c->end - keep;
	c->scanned = keep;
}

/* Takes the line of "n" bytes with its end off the input. */
static void
take_line(struct conn *c, size_t n, size_t limit, struct conn_line *line)
{
	struct slice s = { c->input + c->start, n };
	int dropped = (c->flaws & CONN_LONG) != 0;

	s.n -= s.n >= 2 && s.p[s.n - 2] == '\r' ? 2 : 1;
	if (s.n > limit)
		c->flaws |= CONN_LONG;
	if (slice_find(s, '\r') < s.n)
		c->flaws |= CONN_BARE_CR;
	if (slice_find(s, '\0') < s.n)
		c->flaws |= CONN_NUL;
	line->flaws = c->flaws;
	line->text = dropped ? (struct slice){ c->begin, CONN_BEGIN } :
	    (c->flaws & CONN_LONG) != 0 ? slice_sub(s, 0, CONN_BEGIN) : s;
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

size_t
conn_plain_lines(struct conn *c, size_t limit, struct slice *text)
{
	char *start = c->input + c->start;
	struct plainlines l = plainlines_take(start, c->end - c->start, limit);

	*text = (struct slice){ start, l.n };
	c->start += l.taken;
	c->scanned = 0;
	return l.lines;
}

int
conn_peek(struct conn *c, struct slice *octets, struct fail *f)
{
	struct deadline d = { .rules = &c->rules };
	int rc;

	while (c->start == c->end)
		if ((rc = fill(c, CONN_DATA, &d, f)) != CONN_LINE)
			return rc;
	*octets = (struct slice){ c->input + c->start, c->end - c->start };
	return CONN_LINE;
}

int
conn_octets(struct conn *c, size_t most, struct slice *octets, struct fail *f)
{
	int rc = conn_peek(c, octets, f);

	if (rc != CONN_LINE)
		return rc;
	*octets = slice_sub(*octets, 0, most);
	c->start += octets->n;
	c->scanned = 0; /* of a line that is not begun */
	return CONN_LINE;
}

int
conn_start_tls(struct conn *c, struct tls *t, struct fail *f)
{
	struct deadline d = { .rules = &c->rules };
	struct pollfd p[2];
	int rc = flush(c, &d, f);

	if (rc == 0 && c->stream.layer != NULL)
		rc = fail_set(f, EX_SOFTWARE, "TLS within what is compressed");
	else if (rc == 0 && conn_buffered(c) > 0)
		rc = fail_set(f, EX_PROTOCOL,
		    "something came in clear text where TLS had to begin");
	if (rc == -1) {
		tls_close(&t);
		return -1;
	}
	c->stream.tls = t;
	while ((rc = tls_handshake(t, &c->stream.duplex, f)) == TLS_AGAIN) {
		stream_wants(&c->stream, p);
		if (deadline_wait(&d, p, 0, f) == DEADLINE_FAILED)
			return fail_at(f, "TLS handshake");
	}
	return rc;
}

const struct tls *
conn_tls(const struct conn *c)
{
	return c->stream.tls;
}
