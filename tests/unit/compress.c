/* SPDX-License-Identifier: ISC */
/* Unit test of compress: two connections that are each other's ends, and bytes
 * that nobody should send. */

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compress.h"
#include "stream.h"
#include "unit.h"

enum { MUCH = 3000000 };

/* "OK" in a stored block, and an empty one, as of a flush. */
#define STORED "\0\2\0\xfd\xff" "OK"
#define FLUSH "\0\0\0\xff\xff"
#define LAST "\1\0\0\xff\xff"

/* Two ends; the second is compressed where that is told. */
static void
ends(struct conn **here, struct conn **there)
{
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	*here = conn_new(pair[0], pair[0]);
	*there = conn_new(pair[1], pair[1]);
}

static void
say(struct conn *c, struct slice bytes)
{
	struct fail f = { 0 };

	(void)buf_add(conn_out(c), bytes);
	CHECK_INT(conn_flush(c, &f), 0);
}

static void
hear(struct conn *c, const char *want)
{
	struct conn_line line = { 0 };
	struct fail f = { 0 };

	CHECK_INT(conn_line(c, 1000, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, slice_str(want));
}

/* Lines of both, also one that was compressed before the other end knew. */
static void
lines(void)
{
	struct conn *a, *b;
	struct fail f = { 0 };

	ends(&a, &b);
	say(b, SLICE("OK\r\n"));
	CHECK_INT(compress_start(b, &f), 0);
	say(b, SLICE("early\r\n"));
	hear(a, "OK");
	(void)buf_adds(conn_out(a), "\7clear\r\n"); /* flushed by the start */
	CHECK_INT(compress_start(a, &f), 0);
	hear(a, "early");
	/* It was sent before, and is no compressed data. */
	CHECK_INT(conn_pending(a), 0);
	CHECK_INT(conn_line(b, 1000, CONN_COMMAND, &(struct conn_line){ 0 },
	    &f), CONN_FAILED);
	CHECK_INT(f.class, EX_PROTOCOL);
	conn_close(&a);
	conn_close(&b);
	ends(&a, &b);
	CHECK_INT(compress_start(a, &f), 0);
	CHECK_INT(compress_start(b, &f), 0);
	for (int i = 0; i < 100; i++) {
		say(a, SLICE("question\r\n"));
		CHECK_INT(conn_pending(b), 1);
		hear(b, "question");
		CHECK_INT(conn_pending(b), 0);
		say(b, SLICE("answer\r\n"));
		hear(a, "answer");
	}
	CHECK_INT(compress_start(a, &f), -1);
	CHECK_INT(f.class, EX_SOFTWARE);
	conn_close(&a);
	CHECK_INT(conn_line(b, 1000, CONN_COMMAND, &(struct conn_line){ 0 },
	    &f), CONN_CLOSED);
	conn_close(&b);
}

/* Bytes that are hard or easy to compress, much at once. */
static unsigned char
byte(size_t at, int hard)
{
	uint32_t x = (uint32_t)at * 2654435761U;

	return (unsigned char)(hard ? (x ^ x >> 13) >> 8 : at % 7);
}

static void
write_much(int fd, int hard)
{
	struct conn *c = conn_new(fd, fd);
	struct fail f = { 0 };

	if (compress_start(c, &f) == -1)
		_exit(1);
	for (size_t at = 0; at < MUCH; at++) {
		(void)buf_addc(conn_out(c), byte(at, hard));
		if ((conn_full(c) || at % 100003 == 0) &&
		    conn_flush(c, &f) == -1)
			_exit(1);
	}
	if (conn_flush(c, &f) == -1)
		_exit(1);
	conn_close(&c);
	_exit(0);
}

static void
much_of(int hard)
{
	struct fail f = { 0 };
	struct slice octets;
	struct conn *c;
	int pair[2], status = -1;
	size_t at = 0, wrong = 0;
	pid_t pid;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	if ((pid = fork()) == 0)
		write_much(pair[1], hard);
	(void)close(pair[1]);
	c = conn_new(pair[0], pair[0]);
	CHECK_INT(compress_start(c, &f), 0);
	while (conn_octets(c, 1 + at % 70000, &octets, &f) == CONN_LINE)
		for (size_t i = 0; i < octets.n; i++, at++)
			wrong += (unsigned char)octets.p[i] != byte(at, hard);
	CHECK_INT(at, MUCH);
	CHECK_INT(wrong, 0);
	conn_close(&c);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

static void
much(void)
{
	much_of(0);
	much_of(1);
}

/* What a peer sends that is compressed is read as "want", and then comes
 * "result". */
static void
raw(struct slice bytes, const char *want, int result)
{
	struct fail f = { 0 };
	struct slice octets;
	struct buf got = BUF(1000);
	struct conn *c;
	int pair[2], rc;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	c = conn_new(pair[0], pair[0]);
	CHECK_INT(compress_start(c, &f), 0);
	/* A byte at a time. */
	for (size_t i = 0; i < bytes.n; i++) {
		CHECK_INT(write(pair[1], bytes.p + i, 1), 1);
		while (conn_pending(c) && conn_buffered(c) > 0)
			if (conn_octets(c, 10, &octets, &f) == CONN_LINE)
				(void)buf_add(&got, octets);
	}
	(void)close(pair[1]);
	while ((rc = conn_octets(c, 10, &octets, &f)) == CONN_LINE)
		(void)buf_add(&got, octets);
	CHECK_SLICE(buf_slice(&got), slice_str(want));
	CHECK_INT(rc, result);
	if (result == CONN_FAILED)
		CHECK_INT(f.class, EX_PROTOCOL);
	buf_free(&got);
	conn_close(&c);
}

static void
foreign(void)
{
	CASE("nothing");
	raw(SLICE(""), "", CONN_CLOSED);
	CASE("a block, and flushes");
	raw(SLICE(FLUSH FLUSH STORED FLUSH STORED), "OKOK", CONN_CLOSED);
	CASE("it ends");
	raw(SLICE(STORED LAST), "OK", CONN_CLOSED);
	CASE("and goes on");
	raw(SLICE(STORED LAST STORED), "OK", CONN_FAILED);
	CASE("cut within a block");
	raw(SLICE(STORED "\0\5\0\xfa\xff" "OK"), "OKOK", CONN_CLOSED);
	CASE("no such block");
	raw(SLICE(STORED "\7"), "OK", CONN_FAILED);
	CASE("lengths that do not agree");
	raw(SLICE("\0\2\0\xfe\xff" "OK"), "", CONN_FAILED);
	CASE("a distance before the beginning");
	raw(SLICE("\x02\x02\x00"), "", CONN_FAILED);
	CASE("zlib's header");
	raw(SLICE("\x78\x9c\x4b\xcc\x04\x00"), "", CONN_FAILED);
}

/* A small piece that would inflate to very much: it does as far as asked. */
static void
bomb(void)
{
	static char zeros[65536];
	struct fail f = { 0 };
	struct slice octets;
	struct conn *a, *b;
	uint64_t sent = 0, got = 0;

	ends(&a, &b);
	CHECK_INT(compress_start(a, &f), 0);
	CHECK_INT(compress_start(b, &f), 0);
	while (sent < 40000000) {
		while (buf_add(conn_out(a), (struct slice){ zeros,
		    sizeof(zeros) }) == 0)
			sent += sizeof(zeros);
		CHECK_INT(conn_flush(a, &f), 0);
	}
	while (got < sent) {
		CHECK_INT(conn_peek(b, &octets, &f), CONN_LINE);
		CHECK(octets.n <= CONN_IN);
		CHECK_INT(conn_octets(b, CONN_IN, &octets, &f), CONN_LINE);
		got += octets.n;
	}
	CHECK_INT(got, sent);
	CHECK_INT(conn_pending(b), 0);
	conn_close(&a);
	conn_close(&b);
}

/* Blocks that are empty, without an end: nobody works on them for ever. */
static void
emptiness(void)
{
	struct conn_line line;
	struct fail f = { 0 };
	int pair[2], status = -1;
	struct conn *c;
	pid_t pid;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	if ((pid = fork()) == 0) {
		(void)close(pair[0]);
		while (write(pair[1], FLUSH FLUSH FLUSH FLUSH, 20) > 0)
			;
		_exit(0);
	}
	(void)close(pair[1]);
	c = conn_new(pair[0], pair[0]);
	CHECK_INT(compress_start(c, &f), 0);
	CHECK_INT(conn_line(c, 1000, CONN_COMMAND, &line, &f), CONN_FAILED);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_STR(f.text, "compressed data: too much that is nothing");
	conn_close(&c);
	CHECK_INT(waitpid(pid, &status, 0), pid);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(lines);
	RUN(much);
	RUN(foreign);
	RUN(bomb);
	RUN(emptiness);
	return unit_done();
}
