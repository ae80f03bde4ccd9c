/* SPDX-License-Identifier: ISC */
/*
 * conn: a connection to a peer: lines in, bytes out, a deadline on every wait.
 *
 * The one place of mailpipe that decides what a line is: it ends in CRLF and
 * in nothing else.  A bare CR, a bare LF and a NUL never end, split or join
 * lines; they are reported as flaws of the line they stand in, and the caller
 * refuses it (RFC 5321, 2.3.8 and 4.1.1.4).
 *
 * The two descriptors may be one socket, two pipes, or a terminal; their file
 * status flags are never changed, as others may share them.
 */
#ifndef CONN_H
#define CONN_H

#include <signal.h>

#include "buf.h"
#include "fail.h"

struct conn;
struct tls;

/* A connection that reads from "in" and writes to "out" (the same descriptor,
 * or two), and owns them from now on. */
struct conn *conn_new(int in, int out);

/* Begins with bytes that somebody else has read from the descriptor already, as
 * if they came first; before anything is read.  0, or -1 where they are more
 * than CONN_IN. */
enum { CONN_IN = 65536 + 4096 };
int conn_begin(struct conn *c, struct slice bytes);

/* Closes the descriptors and frees; what was not flushed is dropped.  TLS says
 * close_notify before, where the peer takes it at once. */
void conn_close(struct conn **c);

/* The descriptor that "c" reads from, for getpeername(2) and the like. */
int conn_fd(const struct conn *c);

/* For who goes on with the bytes alone (relay.h) where nothing is buffered any
 * more, and for its waits.  They live as long as "c". */
struct deadline_rules;
struct stream;
struct stream *conn_stream(struct conn *c);
const struct deadline_rules *conn_rules(const struct conn *c);

/* Every following call ends within so many seconds; 300 at the start.  A line
 * that is too long, and is dropped, has them for each LIMIT_TEXT_LINE bytes. */
void conn_timeout(struct conn *c, unsigned seconds);

/* No following call waits past so many seconds from now, whatever the timeout
 * is: an end for something that takes many calls.  0: no such end. */
void conn_end(struct conn *c, unsigned seconds);

/*
 * For servers: "stop" is set by a signal handler.  While a call waits for the
 * first byte of a command line, the signals that "during" lets through
 * interrupt it, and where *stop is set conn_line returns CONN_STOPPED.  The
 * lines of a message are never interrupted: it comes to its end.  Both outlive
 * "c".
 */
void conn_stoppable(struct conn *c, const volatile sig_atomic_t *stop,
    const sigset_t *during);

/*
 * For clients: once a signal handler has set *until, which outlives "c", to a
 * time in seconds of CLOCK_MONOTONIC, no call waits past that, not even one
 * that waits already, if signals go on to come.
 */
void conn_until(struct conn *c, const volatile sig_atomic_t *until);

enum {
	CONN_BEGIN = 8, /* to know the command by */
};

enum {			  /* what is wrong with a line; where CONN_LONG
			     not all of it is known */
	CONN_BARE_CR = 1, /* a CR without LF */
	CONN_BARE_LF = 2, /* an LF without CR */
	CONN_NUL = 4,
	CONN_LONG = 8, /* longer than the limit */
};

struct conn_line {
	struct slice text; /* without its CRLF; where CONN_LONG its
			      first CONN_BEGIN bytes */
	unsigned flaws;
};

enum {
	CONN_COMMAND = 0, /* a bare LF ends the (flawed) line, so that who
			     types LF alone is told so at once */
	CONN_DATA = 1,	  /* only CRLF ends it */
	CONN_LF = 2,	  /* a bare LF does, too: for no peer from outside */
};

enum {
	CONN_FAILED = -1, /* "f" tells */
	CONN_CLOSED = 0,  /* the peer closed, perhaps within a line */
	CONN_LINE = 1,
	CONN_STOPPED = 2, /* see conn_stoppable */
};

/*
 * Reads one line of at most "limit" (CONN_BEGIN up to LIMIT_TEXT_LINE) bytes
 * without its CRLF; one that is longer is read to its end and dropped.
 * line->text is valid until the next call with "c".  Output that was not
 * flushed is flushed first where the line is not here yet.  CONN_FAILED:
 * EX_TEMPFAIL (time is up, or the connection broke).
 */
int conn_line(struct conn *c, size_t limit, int mode, struct conn_line *line,
    struct fail *f);

/*
 * After a line of a message, for the next ones, of which nearly all are plain
 * (plainlines.h): takes as many of these as are here, in one piece.  How many,
 * and them in *text, with LF at the end of each, valid until the next call with
 * "c".  0: conn_line is to be asked for the next one.  It does not wait.
 */
size_t conn_plain_lines(struct conn *c, size_t limit, struct slice *text);

/*
 * Takes what the peer sends as it is, without looking for lines: at least one
 * byte and at most "most" (1 and up), so that what stands behind a counted
 * piece is left for the next call.  *octets is valid until the next call with
 * "c".  Not for the middle of a line.  Else as conn_line, with CONN_DATA.
 */
int conn_octets(struct conn *c, size_t most, struct slice *octets,
    struct fail *f);

/* The same, but nothing is taken: the bytes that are there, of which
 * conn_octets then takes some at once. */
int conn_peek(struct conn *c, struct slice *octets, struct fail *f);

/* Bytes read from the peer and not consumed yet.  STARTTLS refuses where
 * there are any (RFC 3207, 6). */
size_t conn_buffered(const struct conn *c);

/* 1 if the peer sent something that was not consumed yet, buffered or not, or
 * will send nothing more; does not wait. */
int conn_pending(struct conn *c);

/*
 * The buffer of output: append to it, and when conn_full() says so, or a reply
 * is expected, flush.  Its maximum is CONN_OUT bytes; errors of an append need
 * no check where no more than CONN_OUT - CONN_FULL bytes came since the check.
 */
struct buf *conn_out(struct conn *c);

enum {
	CONN_FULL = 65536,
	CONN_OUT = 4 * 65536 + 4096,
};

/* 1 where CONN_FULL bytes or more wait to be flushed, else 0. */
int conn_full(struct conn *c);

/*
 * Writes all output.  While the peer does not take it, what the peer sends is
 * read, as far as there is room, so that two ends that both write do not wait
 * for each other for ever.  0, or -1 with EX_TEMPFAIL.
 */
int conn_flush(struct conn *c, struct fail *f);

/*
 * Flushes, then goes on in TLS (tls.h), with a handshake that ends in time as
 * any call does.  "t" is the connection's own from now on, whatever happens.
 * 0; -1 with EX_PROTOCOL where the peer sent something before (RFC 3207, 6:
 * it could be somebody else's), with what tls_handshake says, or EX_TEMPFAIL
 * (time is up).  After -1 there is nothing more to be said on "c".
 */
int conn_start_tls(struct conn *c, struct tls *t, struct fail *f);

/* The TLS session, for its facts; NULL in clear text. */
const struct tls *conn_tls(const struct conn *c);

#endif
