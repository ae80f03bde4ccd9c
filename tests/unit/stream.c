/* SPDX-License-Identifier: ISC */
/* Unit test of stream: bytes in clear text; those in TLS are tests/unit/tls.c's
 * and tests/unit/conn.c's. */

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"
#include "unit.h"

static void
clear(void)
{
	struct stream s = { .tls = NULL };
	struct pollfd p[2];
	struct fail f = { 0 };
	char bytes[8] = "";
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	s.duplex = duplex_of(pair[0], pair[0]);
	CHECK_INT(stream_read(&s, bytes, 8, &f), STREAM_AGAIN);
	stream_wants(&s, p);
	CHECK_INT(p[0].fd, pair[0]);
	CHECK_INT(p[0].events, POLLIN);
	CHECK_INT(p[1].fd, -1);
	CHECK_INT(stream_buffered(&s), 0);
	CHECK_INT(write(pair[1], "a\0b", 3), 3);
	CHECK_INT(stream_read(&s, bytes, 8, &f), 3);
	CHECK_INT(stream_write(&s, SLICE("word"), &f), 4);
	CHECK_INT(read(pair[1], bytes, 8), 4);
	while (stream_write(&s, SLICE("word"), &f) > 0)
		;
	CHECK_INT(stream_write(&s, SLICE("word"), &f), STREAM_AGAIN);
	(void)close(pair[1]);
	CHECK_INT(stream_write(&s, SLICE("word"), &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(stream_read(&s, bytes, 8, &f), 0);
	stream_close(&s);
	CHECK_INT(close(pair[0]), -1);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(clear);
	return unit_done();
}
