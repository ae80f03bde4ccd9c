/* SPDX-License-Identifier: ISC */
/* duplex: the two descriptors of a connection; see duplex.h. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "duplex.h"

enum {
	PIPE_PIECE = 4096, /* POSIX: a pipe that polls writable takes it all */
};

static int
is_socket(int fd)
{
	int type;
	socklen_t n = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0;
}

struct duplex
duplex_of(int in, int out)
{
	struct duplex d = { .in = in, .out = out };

	d.in_socket = is_socket(in);
	d.out_socket = in == out ? d.in_socket : is_socket(out);
	d.prompt = d.in_socket;
	return d;
}

/* For what is no socket: -1 with EAGAIN where the call would wait. */
static int
is_ready(int fd, short event)
{
	struct pollfd p = { .fd = fd, .events = event };
	int n;

	do
		n = poll(&p, 1, 0);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		errno = EAGAIN;
	return n == 1 ? 0 : -1;
}

ssize_t
duplex_read(struct duplex *d, void *to, size_t n)
{
	ssize_t got;

	do {
		if (d->in_socket)
			got = recv(d->in, to, n, MSG_DONTWAIT);
		else if (is_ready(d->in, POLLIN) == 0)
			got = read(d->in, to, n);
		else
			return -1;
	} while (got == -1 && errno == EINTR);
	if (got == -1 && (errno == ECONNRESET || errno == EPIPE))
		got = 0;
	if (got == 0)
		d->ended = 1;
	d->heard |= got > 0;
	return got;
}

ssize_t
duplex_write(struct duplex *d, struct slice s)
{
	ssize_t put;

	do {
		if (d->out_socket)
			put = send(d->out, s.p, s.n,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		else if (is_ready(d->out, POLLOUT) == 0)
			put = write(d->out, s.p,
			    s.n < PIPE_PIECE ? s.n : PIPE_PIECE);
		else
			return -1;
	} while (put == -1 && errno == EINTR);
	d->heard &= put == -1;
	return put;
}

void
duplex_acknowledge(struct duplex *d)
{
#ifdef TCP_QUICKACK
	int on = 1;

	/* A socket of another kind has no such option. */
	if (d->heard && d->prompt)
		d->prompt = setsockopt(d->in, IPPROTO_TCP, TCP_QUICKACK, &on,
		    sizeof(on)) == 0;
#endif
	d->heard = 0;
}

void
duplex_close(struct duplex *d)
{
	(void)close(d->in);
	if (d->out != d->in)
		(void)close(d->out);
	d->in = d->out = -1;
}
