/* SPDX-License-Identifier: ISC */
/* relay: bytes between a connection and a local socket; see relay.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"
#include "limits.h"
#include "mem.h"
#include "relay.h"
#include "stream.h"

enum { ROOM = 65536 };

/* One direction. */
struct way {
	size_t start, end; /* what was read, and is not written yet */
	int ended;	   /* nothing more is read */
	uint64_t passed;   /* bytes that were read in all */
	char *bytes;	   /* ROOM of them */
};

struct relay {
	struct conn *conn;
	struct stream *peer;
	struct duplex other;
	struct way up; /* from the peer */
	struct way down;
	int told; /* the other end, that no more comes */
};

static int
is_empty(const struct way *w)
{
	return w->start == w->end;
}

static void
fill(struct way *w, ssize_t n)
{
	w->start = 0;
	w->end = n > 0 ? (size_t)n : 0;
	w->ended = n == 0;
	w->passed += w->end;
}

/* What was read as lines so far, and goes on as bytes. */
static void
take_buffered(struct relay *r)
{
	struct slice octets;
	struct fail ignored; /* it is there */
	size_t n = conn_buffered(r->conn);

	if (n > ROOM)
		n = ROOM;
	if (n == 0 || conn_octets(r->conn, n, &octets, &ignored) != CONN_LINE)
		return;
	memcpy(r->up.bytes, octets.p, octets.n);
	fill(&r->up, (ssize_t)octets.n);
}

/* Reads from the peer where there is nothing of it: 1 where something came. */
static int
read_peer(struct relay *r)
{
	struct fail why; /* told where something is to be written */
	ssize_t n;

	if (!is_empty(&r->up) || r->up.ended)
		return 0;
	take_buffered(r);
	if (!is_empty(&r->up))
		return 1;
	n = stream_read(r->peer, r->up.bytes, ROOM, &why);
	if (n == STREAM_AGAIN)
		return 0;
	fill(&r->up, n == -1 ? 0 : n);
	return 1;
}

static int
write_other(struct relay *r)
{
	struct way *w = &r->up;
	ssize_t n;

	if (is_empty(w)) {
		if (!w->ended || r->told)
			return 0;
		(void)shutdown(r->other.out, SHUT_WR);
		r->told = 1;
		return 1;
	}
	n = duplex_write(&r->other, (struct slice){ w->bytes + w->start,
	    w->end - w->start });
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n == -1) { /* nobody wants to know */
		fill(w, 0);
		return 1;
	}
	w->start += (size_t)n;
	return 1;
}

static int
read_other(struct relay *r)
{
	ssize_t n;

	if (!is_empty(&r->down) || r->down.ended)
		return 0;
	n = duplex_read(&r->other, r->down.bytes, ROOM);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	fill(&r->down, n == -1 ? 0 : n);
	return 1;
}

/* 1, 0, or -1: there is no peer any more. */
static int
write_peer(struct relay *r, struct fail *f)
{
	struct way *w = &r->down;
	ssize_t n;

	if (is_empty(w))
		return 0;
	n = stream_write(r->peer, (struct slice){ w->bytes + w->start,
	    w->end - w->start }, f);
	if (n == STREAM_AGAIN)
		return 0;
	if (n == -1)
		return -1;
	w->start += (size_t)n;
	return 1;
}

/* All that can be done without a wait: 0, or -1. */
static int
move_all(struct relay *r, struct fail *f)
{
	int moved, rc;

	do {
		moved = read_peer(r) | write_other(r) | read_other(r);
		if ((rc = write_peer(r, f)) == -1)
			return -1;
	} while ((moved | rc) != 0);
	return 0;
}

static short
wants_of_other(const struct relay *r)
{
	short events = 0;

	if (!is_empty(&r->up))
		events |= POLLOUT;
	if (is_empty(&r->down) && !r->down.ended)
		events |= POLLIN;
	return events;
}

/* Waits until something can be moved: 0, or -1. */
static int
wait_for_any(struct relay *r, struct fail *f)
{
	static const struct timespec rest = { LIMIT_RELAY, 0 };
	const struct deadline_rules *rules = conn_rules(r->conn);
	struct pollfd p[3] = { { .fd = -1 }, { .fd = -1 },
		{ r->other.in, wants_of_other(r), 0 } };
	int n;

	if (is_empty(&r->up) && !r->up.ended) {
		stream_wants(r->peer, p);
		duplex_acknowledge(&r->peer->duplex);
	}
	if (!is_empty(&r->down))
		p[1] = (struct pollfd){ r->peer->duplex.out, POLLOUT, 0 };
	if (p[2].events == 0) /* not for POLLHUP alone, again and again */
		p[2].fd = -1;
	n = ppoll(p, 3, r->down.ended ? &rest : NULL,
	    r->told ? NULL : rules->during);
	if (n == 0)
		return fail_set(f, EX_TEMPFAIL,
		    "the peer takes nothing any more");
	if (n == -1 && errno != EINTR)
		return fail_errno(f, EX_TEMPFAIL, "poll");
	if (rules->stop != NULL && *rules->stop)
		r->up.ended = 1;
	return 0;
}

static int
is_done(const struct relay *r)
{
	return r->down.ended && is_empty(&r->down);
}

int
relay_run(struct conn *c, int fd, uint64_t *passed, struct fail *f)
{
	char *room = mem_resize(NULL, 2, ROOM); /* it need not be set */
	struct relay r = { .conn = c, .peer = conn_stream(c),
		.other = duplex_of(fd, fd), .up.bytes = room,
		.down.bytes = room + ROOM };
	int rc = conn_flush(c, f);

	while (rc == 0 && (rc = move_all(&r, f)) == 0 && !is_done(&r))
		rc = wait_for_any(&r, f);
	if (passed != NULL)
		*passed += r.up.passed;
	free(room);
	return rc;
}
