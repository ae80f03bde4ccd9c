/* SPDX-License-Identifier: ISC */
/* Unit test of duplex: sockets and pipes that never make it wait, though their
 * descriptors would. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "duplex.h"
#include "unit.h"

/* Two ends that talk to each other: sockets, or two pipes. */
static void
make_ends(struct duplex ends[2], int sockets)
{
	int a[2], b[2];

	if (sockets) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, a) == -1)
			abort();
		ends[0] = duplex_of(a[0], a[0]);
		ends[1] = duplex_of(a[1], a[1]);
	} else {
		if (pipe(a) == -1 || pipe(b) == -1)
			abort();
		ends[0] = duplex_of(a[0], b[1]);
		ends[1] = duplex_of(b[0], a[1]);
	}
}

static void
both_ways(int sockets)
{
	struct duplex ends[2];
	char got[10];

	make_ends(ends, sockets);
	CHECK_INT(ends[0].in_socket, sockets);
	CHECK_INT(ends[0].out_socket, sockets);
	CHECK_INT(duplex_read(&ends[0], got, sizeof(got)), -1);
	CHECK_INT(errno, EAGAIN);
	CHECK_INT(duplex_write(&ends[1], SLICE("hello")), 5);
	CHECK_INT(duplex_read(&ends[0], got, 3), 3);
	CHECK_INT(duplex_read(&ends[0], got + 3, 7), 2);
	CHECK_SLICE(((struct slice){ got, 5 }), SLICE("hello"));
	CHECK_INT(ends[0].ended, 0);
	/* Flags that others may share are as they were. */
	CHECK_INT(fcntl(ends[0].in, F_GETFL) & O_NONBLOCK, 0);
	duplex_close(&ends[1]);
	CHECK_INT(duplex_read(&ends[0], got, sizeof(got)), 0);
	CHECK_INT(ends[0].ended, 1);
	CHECK_INT(duplex_write(&ends[0], SLICE("x")), -1);
	CHECK_INT(errno, EPIPE);
	duplex_close(&ends[0]);
}

static void
never_waits_to_write(int sockets)
{
	static char block[60000];
	struct slice s = { block, sizeof(block) };
	struct duplex ends[2];
	size_t put = 0, got = 0;
	ssize_t n;

	make_ends(ends, sockets);
	while ((n = duplex_write(&ends[0], s)) > 0)
		put += (size_t)n;
	CHECK_INT(n, -1);
	CHECK_INT(errno, EAGAIN);
	CHECK(put > 4096);
	while ((n = duplex_read(&ends[1], block, sizeof(block))) > 0)
		got += (size_t)n;
	CHECK_INT(errno, EAGAIN);
	CHECK_INT(got, put);
	CHECK(duplex_write(&ends[0], s) > 0);
	duplex_close(&ends[0]);
	duplex_close(&ends[1]);
}

static void
sockets(void)
{
	both_ways(1);
	never_waits_to_write(1);
}

static void
pipes(void)
{
	both_ways(0);
	never_waits_to_write(0);
}

/* Two ends of a connection of TCP. */
static void
connect_ends(struct duplex ends[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int one = socket(AF_INET, SOCK_STREAM, 0), other;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&at, n) == -1 ||
	    listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)&at, &n) == -1 ||
	    connect(one, (struct sockaddr *)&at, n) == -1 ||
	    (other = accept(listener, NULL, NULL)) == -1)
		abort();
	(void)close(listener);
	ends[0] = duplex_of(one, one);
	ends[1] = duplex_of(other, other);
}

/* 1 where the second of two small pieces is there as soon as the first was
 * acknowledged: it is held back until then. */
static int
comes_at_once(struct duplex ends[2])
{
	char got[10];
	ssize_t n;

	CHECK_INT(duplex_write(&ends[0], SLICE("x")), 1);
	CHECK_INT(duplex_read(&ends[1], got, 1), 1);
	CHECK_INT(duplex_write(&ends[1], SLICE("a")), 1);
	CHECK_INT(duplex_write(&ends[1], SLICE("b")), 1);
	CHECK_INT(duplex_read(&ends[0], got, 1), 1);
	duplex_acknowledge(&ends[0]);
	n = duplex_read(&ends[0], got, 1);
	while (n == -1 && errno == EAGAIN) {
		(void)poll(&(struct pollfd){ ends[0].in, POLLIN, 0 }, 1, -1);
		if (duplex_read(&ends[0], got, 1) == 1)
			return 0;
	}
	return n == 1;
}

/* Without it that is at the start of a connection alone, while the kernel does
 * the same by itself, and where this process does not run for 40 ms. */
static void
acknowledges(void)
{
	struct duplex ends[2];
	unsigned i, fast = 0;

	connect_ends(ends);
	for (i = 0; i < 100; i++)
		fast += (unsigned)comes_at_once(ends);
	CHECK(fast > 80);
	duplex_close(&ends[0]);
	duplex_close(&ends[1]);
	make_ends(ends, 1);
	CHECK_INT(duplex_write(&ends[1], SLICE("a")), 1);
	CHECK_INT(duplex_read(&ends[0], (char[2]){ 0 }, 2), 1);
	duplex_acknowledge(&ends[0]);
	CHECK_INT(ends[0].prompt, 0);
	duplex_close(&ends[0]);
	duplex_close(&ends[1]);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(sockets);
	RUN(pipes);
	RUN(acknowledges);
	return unit_done();
}
