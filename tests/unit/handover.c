/* SPDX-License-Identifier: ISC */
/* Unit test of handover: descriptors that go from one process to another. */

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handover.h"
#include "unit.h"

static void
given(void)
{
	char word[4] = "";
	int pair[2], pipe_ends[2], fd;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(pipe(pipe_ends), 0);
	CHECK_INT(handover_give(pair[0], pipe_ends[1], SLICE("word")), 0);
	fd = handover_take(pair[1], word, sizeof(word));
	CHECK(fd > pipe_ends[1]);
	CHECK(memcmp(word, "word", 4) == 0);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	/* It is the same, and this one stays open. */
	CHECK_INT(write(fd, "a", 1), 1);
	CHECK_INT(write(pipe_ends[1], "b", 1), 1);
	CHECK_INT(read(pipe_ends[0], word, 4), 2);
	(void)close(fd);
	(void)close(pipe_ends[0]);
	(void)close(pipe_ends[1]);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
two_given(void)
{
	char word[4] = "";
	int pair[2], ends[2], fds[2], before;

	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	CHECK_INT(pipe(ends), 0);
	before = dup(0);
	(void)close(before);
	CHECK_INT(handover_give_some(pair[0], ends, 2, SLICE("word")), 0);
	CHECK_INT(handover_take_some(pair[1], fds, 2, word, 4), 0);
	CHECK(memcmp(word, "word", 4) == 0);
	CHECK_INT(fcntl(fds[0], F_GETFD) & fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	CHECK_INT(write(fds[1], "a", 1), 1);
	CHECK_INT(read(ends[0], word, 4), 1);
	(void)close(fds[0]);
	(void)close(fds[1]);
	/* One where two are wanted, two where one is, none at all. */
	CHECK_INT(handover_give(pair[0], 0, SLICE("word")), 0);
	CHECK_INT(handover_take_some(pair[1], fds, 2, word, 4), -1);
	CHECK_INT(handover_give_some(pair[0], ends, 2, SLICE("word")), 0);
	CHECK_INT(handover_take(pair[1], word, 4), -1);
	CHECK_INT(write(pair[0], "word", 4), 4);
	CHECK_INT(handover_take_some(pair[1], fds, 2, word, 4), -1);
	/* More bytes than wanted. */
	CHECK_INT(handover_give_some(pair[0], ends, 2,
	    SLICE("words")), 0);
	CHECK_INT(handover_take_some(pair[1], fds, 2, word, 4), -1);
	CHECK_INT(dup(0), before);
	(void)close(before);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
not_given(void)
{
	char word[4];
	int pair[2], before = dup(0);

	(void)close(before);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	/* Bytes alone, and too few of them. */
	CHECK_INT(write(pair[0], "word", 4), 4);
	CHECK_INT(handover_take(pair[1], word, 4), -1);
	CHECK_INT(handover_give(pair[0], 0, SLICE("wo")), 0);
	(void)shutdown(pair[0], SHUT_WR);
	CHECK_INT(handover_take(pair[1], word, 4), -1);
	CHECK_INT(handover_take(pair[1], word, 4), -1); /* the end */
	(void)close(pair[1]);
	CHECK_INT(handover_give(pair[0], 0, SLICE("word")), -1);
	(void)close(pair[0]);
	/* None is left open. */
	CHECK_INT(dup(0), before);
	(void)close(before);
}

int
main(void)
{
	RUN(given);
	RUN(two_given);
	RUN(not_given);
	return unit_done();
}
