/* SPDX-License-Identifier: ISC */
/*
 * retrieval: messages on their way to the client; see retrieval.h.
 *
 * Files go through one block into the connection's buffer, which is written
 * when it is full or the client has to be waited for, so that small messages
 * that were asked for in one go share writes, and a large one takes no more
 * memory than a small one.
 */

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "crlf.h"
#include "drop.h"
#include "mem.h"
#include "retrieval.h"
#include "text.h"

enum {
	BLOCK = 65536, /* CONN_OUT has room for its wire form */
	BLOCK_TOP = 8192, /* headers are short */
};

/* The part of a message that TOP asks for: its header, the empty line, and so
 * many lines of the body. */
struct top {
	uint64_t lines; /* of the body that are left */
	int in_body;
	enum { NOTHING, LONE_CR, TEXT } line; /* what it has so far */
	int whole; /* all of that has been seen */
};

struct sending {
	size_t i; /* the message */
	int fd;
	struct crlf crlf;
	struct top *top; /* NULL: all of it */
};

static void
top_text(struct top *t, struct slice s)
{
	if (s.n > 0)
		t->line = t->line == NOTHING && slice_eq(s, SLICE("\r")) ?
		    LONE_CR : TEXT;
}

static void
top_line_end(struct top *t)
{
	if (t->in_body)
		t->lines--;
	else
		t->in_body = t->line != TEXT;
	t->line = NOTHING;
	t->whole = t->in_body && t->lines == 0;
}

/* As much of the next piece as is asked for. */
static struct slice
top_part(struct top *t, struct slice piece)
{
	struct slice rest = piece, line;

	while (!t->whole && rest.n > 0) {
		int lf = slice_until(&rest, '\n', &line);

		top_text(t, line);
		if (lf)
			top_line_end(t);
	}
	piece.n -= rest.n;
	return piece;
}

static ssize_t
read_block(struct maildrop *m, const struct sending *s)
{
	ssize_t n;

	do {
		n = read(s->fd, m->block, s->top != NULL ? BLOCK_TOP : BLOCK);
	} while (n == -1 && errno == EINTR);
	return n;
}

static ssize_t
begin(struct maildrop *m, struct sending *s, struct fail *f)
{
	ssize_t n;

	if (m->block == NULL)
		m->block = mem_resize(NULL, BLOCK, 1);
	if ((s->fd = mailbox_fd(m->mailbox, s->i, f)) == -1)
		return -1;
	if ((n = read_block(m, s)) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s", TEXT_SHOW(slice_str(
		    mailbox_get(m->mailbox, s->i)->name)));
	return n;
}

/* A message that cannot be read to its end has none on the wire either: the
 * connection is closed, so that nobody takes a part for the whole. */
static void
break_off(struct maildrop *m)
{
	struct fail f = { 0 };

	(void)fail_errno(&f, EX_TEMPFAIL, "read");
	drop_log(m, "message broken off", &f);
	drop_end(m, EX_TEMPFAIL, "broken off");
}

/* Sends the text, of which "n" bytes are in the block: 0, or -1 where the
 * session has ended. */
static int
send_text(struct maildrop *m, struct sending *s, ssize_t n)
{
	struct buf *out = conn_out(m->conn);

	for (; n > 0; n = read_block(m, s)) {
		struct slice piece = { m->block, (size_t)n };

		if (s->top != NULL)
			piece = top_part(s->top, piece);
		if (drop_flush(m) == -1)
			return -1;
		(void)crlf_add(&s->crlf, piece, out);
		if (s->top != NULL && s->top->whole)
			break;
	}
	if (n == -1) {
		break_off(m);
		return -1;
	}
	if (drop_flush(m) == -1)
		return -1;
	(void)crlf_end(&s->crlf, out);
	(void)buf_add(out, SLICE(".\r\n"));
	m->octets += s->crlf.octets;
	return 0;
}

void
retrieval_retr(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	struct sending s = { .crlf = { .dots = 1 }, .fd = -1 };
	struct fail f = { 0 };
	uint64_t octets;
	ssize_t n = -1;

	if (drop_find(m, arg, &s.i) == -1)
		return;
	if (mailbox_size(m->mailbox, s.i, &octets, &f) == -1 ||
	    (n = begin(m, &s, &f)) == -1) {
		drop_refuse(m, s.i, &f);
	} else {
		drop_reply(m, "+OK %llu octets", (unsigned long long)octets);
		if (send_text(m, &s, n) == 0) {
			m->marks[s.i] |= DROP_READ;
			m->retrieved++;
		}
	}
	if (s.fd != -1)
		(void)close(s.fd);
}

void
retrieval_top(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	struct top top = { 0 };
	struct sending s = { .crlf = { .dots = 1 }, .fd = -1, .top = &top };
	struct fail f = { 0 };
	struct slice number;
	ssize_t n;

	(void)slice_until(&arg, ' ', &number);
	if (slice_uint(arg, 0, UINT64_MAX, &top.lines) == -1) {
		drop_reply(m, "-ERR TOP needs a message and how many lines");
		return;
	}
	if (drop_find(m, number, &s.i) == -1)
		return;
	if ((n = begin(m, &s, &f)) == -1) {
		drop_refuse(m, s.i, &f);
	} else {
		drop_reply(m, "+OK");
		(void)send_text(m, &s, n);
	}
	if (s.fd != -1)
		(void)close(s.fd);
}
