/* SPDX-License-Identifier: ISC */
/* stream: bytes to and from a peer; see stream.h. */

#include <errno.h>

#include "stream.h"

ssize_t
stream_take(struct stream *s, char *to, size_t n, struct fail *f)
{
	ssize_t got;

	if (s->tls != NULL)
		return tls_read(s->tls, to, n, f);
	got = duplex_read(&s->duplex, to, n);
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return STREAM_AGAIN;
	return got == -1 ? fail_errno(f, EX_TEMPFAIL, "read from the peer") :
	    got;
}

ssize_t
stream_give(struct stream *s, struct slice bytes, struct fail *f)
{
	ssize_t n;

	if (s->tls != NULL)
		return tls_write(s->tls, bytes, f);
	n = duplex_write(&s->duplex, bytes);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return STREAM_AGAIN;
	return n == -1 ? fail_errno(f, EX_TEMPFAIL, "write to the peer") : n;
}

ssize_t
stream_read(struct stream *s, char *to, size_t n, struct fail *f)
{
	return s->layer != NULL ? s->layer->read(s, to, n, f) :
	    stream_take(s, to, n, f);
}

ssize_t
stream_write(struct stream *s, struct slice bytes, struct fail *f)
{
	return s->layer != NULL ? s->layer->write(s, bytes, f) :
	    stream_give(s, bytes, f);
}

void
stream_wants(const struct stream *s, struct pollfd p[2])
{
	short events = s->tls != NULL ? tls_wants(s->tls) : POLLIN;

	p[0] = (struct pollfd){ s->duplex.in, POLLIN, 0 };
	p[1] = (struct pollfd){ s->duplex.out, POLLOUT, 0 };
	p[events == POLLIN].fd = -1;
}

int
stream_buffered(const struct stream *s)
{
	return (s->layer != NULL && s->layer->buffered(s)) ||
	    (s->tls != NULL && tls_buffered(s->tls));
}

void
stream_close(struct stream *s)
{
	if (s->layer != NULL)
		s->layer->end(s);
	tls_close(&s->tls);
	duplex_close(&s->duplex);
}
