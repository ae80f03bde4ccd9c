/* SPDX-License-Identifier: ISC */
/* Tests of conn: lines from a peer that cuts them where it likes, waits that
 * end, and output against a peer that writes as well. */

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conn.h"
#include "limits.h"
#include "text.h"
#include "tlspeer.h"

static int peer; /* the other end of the connection under test */

/* A packet socket hands over each piece as it was written, so a test decides
 * what every single read of conn gets. */
static struct conn *
connect_pair(int type)
{
	struct conn *c;
	int fd[2];

	if (socketpair(AF_UNIX, type, 0, fd) == -1)
		abort();
	peer = fd[1];
	c = conn_new(fd[0], fd[0]);
	conn_timeout(c, 5);
	return c;
}

static void
disconnect(struct conn **c)
{
	(void)close(peer);
	conn_close(c);
	CHECK(*c == NULL);
}

static void
feed(struct slice s)
{
	if (s.n > 0 && write(peer, s.p, s.n) != (ssize_t)s.n)
		abort();
}

static int plain; /* render takes what it can of plain lines in one piece */

/* What conn_plain_lines takes, which has to be as it says. */
static void
render_plain(struct conn *c, size_t limit, struct buf *out)
{
	struct slice text, line;
	size_t lines = conn_plain_lines(c, limit, &text);

	for (; lines > 0; lines--) {
		CHECK(slice_until(&text, '\n', &line));
		CHECK(line.n <= limit && slice_peek(line) != '.');
		(void)buf_addc(out, ':');
		(void)text_column(out, line, 0);
		(void)buf_addc(out, '\n');
	}
	CHECK_INT(text.n, 0);
}

/* Everything that is read, one line each: the flaws as letters, a colon, the
 * text with its control characters escaped. */
static void
render(struct conn *c, size_t limit, int mode, struct buf *out)
{
	struct conn_line line;
	struct fail f = { 0 };
	int rc;

	while ((rc = conn_line(c, limit, mode, &line, &f)) == CONN_LINE) {
		(void)buf_adds(out, line.flaws & CONN_BARE_CR ? "R" : "");
		(void)buf_adds(out, line.flaws & CONN_BARE_LF ? "F" : "");
		(void)buf_adds(out, line.flaws & CONN_NUL ? "N" : "");
		(void)buf_adds(out, line.flaws & CONN_LONG ? "L" : "");
		(void)buf_addc(out, ':');
		(void)text_column(out, line.text, 0);
		(void)buf_addc(out, '\n');
		if (plain)
			render_plain(c, limit, out);
	}
	(void)buf_adds(out, rc == CONN_CLOSED ? "closed" : f.text);
}

static const struct {
	const char *name;
	int mode;
	struct slice in;
	const char *want;
} cases[] = {
	{ "nothing", CONN_COMMAND, SLICE(""), "closed" },
	{ "lines", CONN_COMMAND, SLICE("a\r\n\r\nb c\r\n"),
	    ":a\n:\n:b c\nclosed" },
	{ "closed within a line", CONN_COMMAND, SLICE("a\r\nb"),
	    ":a\nclosed" },
	{ "closed behind a CR", CONN_COMMAND, SLICE("a\r\nb\r"),
	    ":a\nclosed" },
	{ "LF alone ends a command", CONN_COMMAND, SLICE("a\nb\r\n"),
	    "F:a\n:b\nclosed" },
	{ "LF first", CONN_COMMAND, SLICE("\n\r\n"), "F:\n:\nclosed" },
	{ "LF alone ends no text", CONN_DATA, SLICE("a\nb\r\nc\r\n"),
	    "F:a\\nb\n:c\nclosed" },
	{ "LF first in text", CONN_DATA, SLICE("\n\r\n"), "F:\\n\nclosed" },
	{ "CR alone", CONN_COMMAND, SLICE("a\rb\r\n\r\r\n"),
	    "R:a\\rb\nR:\\r\nclosed" },
	{ "CR CR LF", CONN_DATA, SLICE("a\r\r\n.\r\n"),
	    "R:a\\r\n:.\nclosed" },
	{ "LF CR", CONN_DATA, SLICE("a\n\rb\r\n"), "RF:a\\n\\rb\nclosed" },
	{ "NUL", CONN_COMMAND, SLICE("a\0b\r\n\0\r\n"),
	    "N:a\\0b\nN:\\0\nclosed" },
	{ "all of them", CONN_DATA, SLICE("\0\r\n\n\r\0\r\nx\r\n"),
	    "N:\\0\nRFN:\\n\\r\\0\n:x\nclosed" },
	{ "flaws end with their line", CONN_COMMAND, SLICE("a\r\0\r\nb\r\n"),
	    "RN:a\\r\\0\n:b\nclosed" },
	{ "limit", CONN_COMMAND, SLICE("12345678\r\n"), ":12345678\nclosed" },
	{ "limit + 1", CONN_COMMAND, SLICE("123456789\r\nx\r\n"),
	    "L:12345678\n:x\nclosed" },
	{ "limit + 2", CONN_DATA, SLICE("123456789a\r\nx\r\n"),
	    "L:12345678\n:x\nclosed" },
	{ "far past the limit", CONN_DATA,
	    SLICE("123456789abcdefghijklmnopqrstuvwxyz\r\nx\r\n"),
	    "L:12345678\n:x\nclosed" },
	{ "past the limit with a CR where it is dropped", CONN_DATA,
	    SLICE("123456789ab\rcdef\r\nx\r\n"), "RL:12345678\n:x\nclosed" },
	{ "past the limit, LF alone", CONN_COMMAND,
	    SLICE("123456789abcdef\n12345678\r\n"),
	    "FL:12345678\n:12345678\nclosed" },
	{ "past the limit and closed", CONN_COMMAND,
	    SLICE("123456789abcdef"), "closed" },
	{ "the end of a line is not a dot's", CONN_DATA,
	    SLICE("123456789abcdef\r\n.\r\n"), "L:12345678\n:.\nclosed" },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]), SHORT_LIMIT = 8 };

/* Checks a case whose input was fed already. */
static void
check_case(size_t i, struct conn *c)
{
	struct buf got = BUF(4096);

	(void)shutdown(peer, SHUT_WR);
	render(c, SHORT_LIMIT, cases[i].mode, &got);
	if (cases[i].mode != CONN_DATA ||
	    strncmp(cases[i].name, "past the limit with a CR", 24) != 0)
		CHECK_SLICE(buf_slice(&got), slice_str(cases[i].want));
	else /* what was dropped already is not looked at again */
		CHECK(slice_ends(buf_slice(&got),
		    SLICE("L:12345678\n:x\nclosed")));
	buf_free(&got);
	disconnect(&c);
}

static void
lines_in_two_pieces(void)
{
	size_t i, cut;

	for (i = 0; i < CASES; i++) {
		CASE(cases[i].name);
		for (cut = 0; cut <= cases[i].in.n; cut++) {
			struct conn *c = connect_pair(SOCK_SEQPACKET);

			feed(slice_sub(cases[i].in, 0, cut));
			feed(slice_sub(cases[i].in, cut, cases[i].in.n));
			check_case(i, c);
		}
	}
}

static void
lines_byte_by_byte(void)
{
	size_t i, at;

	for (i = 0; i < CASES; i++) {
		struct conn *c = connect_pair(SOCK_SEQPACKET);

		CASE(cases[i].name);
		for (at = 0; at < cases[i].in.n; at++)
			feed(slice_sub(cases[i].in, at, at + 1));
		check_case(i, c);
	}
}

/* It makes no difference where plain lines are taken in one piece. */
static void
lines_of_a_text(void)
{
	plain = 1;
	lines_in_two_pieces();
	lines_byte_by_byte();
	plain = 0;
}

/* Over pipes, as inetd -c or ssh may have it. */
static void
lines_from_pipes(void)
{
	struct buf got = BUF(4096);
	struct conn *c;
	size_t i;
	int in[2], out[2];

	for (i = 0; i < CASES; i++) {
		CASE(cases[i].name);
		if (pipe(in) == -1 || pipe(out) == -1)
			abort();
		peer = in[1];
		c = conn_new(in[0], out[1]);
		feed(cases[i].in);
		(void)close(peer);
		buf_clear(&got);
		render(c, SHORT_LIMIT, cases[i].mode, &got);
		if (strncmp(cases[i].name, "past", 4) != 0)
			CHECK_SLICE(buf_slice(&got), slice_str(cases[i].want));
		conn_close(&c);
		(void)close(out[0]);
	}
	buf_free(&got);
}

/* Only CRLF.CRLF ends a text: after each of these comes more of it, and the
 * one clean lone dot is the last line. */
static void
end_of_data_variants(void)
{
	static const struct slice variants[] = { SLICE("\n.\n"),
		SLICE("\n.\r\n"), SLICE("\r.\r"), SLICE("\r.\n"),
		SLICE("\n.\r"), SLICE("\r.\r\n"), SLICE("\r\n.\n"),
		SLICE("\r\n.\r"), SLICE("\r\n\0.\r\n"), SLICE("\r\n.\0\r\n"),
		SLICE("\r\n.\r\r\n"), SLICE("\r\r\n.\r\r\n"),
		SLICE("\r\n.\r\0\n") };
	size_t i, cut;

	for (i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct buf in = BUF(100), got = BUF(4096);

		(void)buf_adds(&in, "text");
		(void)buf_add(&in, variants[i]);
		(void)buf_adds(&in, "QUIT\r\n.\r\n");
		for (cut = 0; cut <= in.n; cut++) {
			struct conn *c = connect_pair(SOCK_SEQPACKET);
			struct slice s, line;
			int flawed = 0, ends = 0;

			feed(slice_sub(buf_slice(&in), 0, cut));
			feed(slice_sub(buf_slice(&in), cut, in.n));
			(void)shutdown(peer, SHUT_WR);
			buf_clear(&got);
			render(c, LIMIT_TEXT_LINE, CONN_DATA, &got);
			for (s = buf_slice(&got); slice_until(&s, '\n', &line);
			    ) {
				ends += slice_eq(line, SLICE(":."));
				flawed += slice_peek(line) != ':';
			}
			CHECK_INT(ends, 1);
			CHECK(flawed > 0);
			CHECK(slice_ends(buf_slice(&got), SLICE(":.\nclosed")));
			disconnect(&c);
		}
		buf_free(&in);
		buf_free(&got);
	}
}

/* Runs what a peer does in a process of its own. */
static pid_t
in_child(struct conn *c, void (*what)(size_t n), size_t n)
{
	pid_t pid = fork();

	if (pid == -1)
		abort();
	if (pid == 0) {
		(void)close(conn_fd(c));
		what(n);
		_exit(0);
	}
	return pid;
}

static int
status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A line of n bytes that ends in CR LF, in pieces of a strange size, and a
 * short one behind it. */
static void
write_long_line(size_t n)
{
	char block[1021];
	size_t part;

	memset(block, 'x', sizeof(block));
	for (; n > 0; n -= part) {
		part = n < sizeof(block) ? n : sizeof(block);
		feed((struct slice){ block, part });
	}
	feed(SLICE("\r"));
	feed(SLICE("\nnext\r\n"));
}

static void
long_lines(void)
{
	static const size_t lengths[] = { LIMIT_TEXT_LINE - 1, LIMIT_TEXT_LINE,
		LIMIT_TEXT_LINE + 1, LIMIT_TEXT_LINE + 2,
		LIMIT_TEXT_LINE + 4095, LIMIT_TEXT_LINE + 4096,
		LIMIT_TEXT_LINE + 4097, 3 * LIMIT_TEXT_LINE, 10000000 };
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct conn *c = connect_pair(SOCK_STREAM);
		pid_t pid = in_child(c, write_long_line, lengths[i]);
		int fits = lengths[i] <= LIMIT_TEXT_LINE;
		struct conn_line line = { 0 };
		struct fail f;

		CHECK_INT(conn_line(c, LIMIT_TEXT_LINE, CONN_DATA, &line, &f),
		    CONN_LINE);
		CHECK_INT(line.flaws, fits ? 0 : CONN_LONG);
		CHECK_INT(line.text.n, fits ? lengths[i] : CONN_BEGIN);
		CHECK(slice_find(line.text, '\r') == line.text.n);
		CHECK_INT(conn_line(c, LIMIT_TEXT_LINE, CONN_DATA, &line, &f),
		    CONN_LINE);
		CHECK_SLICE(line.text, SLICE("next"));
		CHECK_INT(line.flaws, 0);
		CHECK_INT(status_of(pid), 0);
		disconnect(&c);
	}
}

static const char filler[] = "abcdefghijklmnopqrstuvwxyz";

/* So many lines that their ends fall on every edge of the buffer. */
static void
write_lines(size_t n)
{
	char line[64];
	size_t i;

	for (i = 0; i < n; i++)
		feed((struct slice){ line, (size_t)snprintf(line, sizeof(line),
		    "%zu%.*s\r\n", i, (int)(i % 23), filler) });
}

static void
lines_across_the_buffer(void)
{
	struct conn *c = connect_pair(SOCK_STREAM);
	pid_t pid = in_child(c, write_lines, 30000);
	struct conn_line line = { 0 };
	struct fail f;
	char want[64];
	size_t i;

	for (i = 0; i < 30000 && !unit_bad; i++) {
		CHECK_INT(conn_line(c, 100, i % 2 ? CONN_DATA : CONN_COMMAND,
		    &line, &f), CONN_LINE);
		CHECK_INT(line.flaws, 0);
		(void)snprintf(want, sizeof(want), "%zu%.*s", i, (int)(i % 23),
		    filler);
		CHECK_SLICE(line.text, slice_str(want));
	}
	CHECK_INT(status_of(pid), 0);
	disconnect(&c);
}

static void
drip(size_t n)
{
	while (n-- > 0 && send(peer, "x", 1, MSG_NOSIGNAL) == 1)
		(void)usleep(100000);
}

static void
waits_end(void)
{
	struct conn *c = connect_pair(SOCK_STREAM);
	struct conn_line line;
	struct fail f = { 0 };
	pid_t pid;

	conn_timeout(c, 0);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_FAILED);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "no answer within 0 seconds");
	/* A byte now and then is no answer either. */
	conn_timeout(c, 1);
	pid = in_child(c, drip, 50);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_FAILED);
	CHECK_STR(f.text, "no answer within 1 seconds");
	disconnect(&c);
	CHECK_INT(status_of(pid), 0);
}

static void
output_is_held_back(void)
{
	struct conn *c = connect_pair(SOCK_STREAM);
	struct conn_line line;
	struct fail f = { 0 };
	char got[8];

	feed(SLICE("a\r\nb\r\n"));
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_LINE);
	(void)buf_adds(conn_out(c), "one");
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_INT(recv(peer, got, sizeof(got), MSG_DONTWAIT), -1);
	/* Before it waits it writes. */
	conn_timeout(c, 0);
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_FAILED);
	CHECK_INT(recv(peer, got, sizeof(got), MSG_DONTWAIT), 3);
	CHECK_INT(conn_out(c)->n, 0);
	CHECK_INT(conn_full(c), 0);
	(void)buf_room(conn_out(c), CONN_FULL);
	conn_out(c)->n = CONN_FULL - 1;
	CHECK_INT(conn_full(c), 0);
	conn_out(c)->n = CONN_FULL;
	CHECK_INT(conn_full(c), 1);
	disconnect(&c);
}

static void
what_came_early(void)
{
	struct conn *c = connect_pair(SOCK_SEQPACKET);
	struct conn_line line;
	struct fail f;

	CHECK_INT(conn_pending(c), 0);
	CHECK_INT(conn_buffered(c), 0);
	feed(SLICE("STARTTLS\r\nNOOP\r\n"));
	CHECK_INT(conn_pending(c), 1);
	CHECK_INT(conn_buffered(c), 0);
	CHECK_INT(conn_line(c, 99, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_INT(conn_buffered(c), 6);
	CHECK_INT(conn_pending(c), 1);
	CHECK_INT(conn_line(c, 99, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_INT(conn_buffered(c), 0);
	CHECK_INT(conn_pending(c), 0);
	disconnect(&c);
}

enum { MUCH = 250000 };

/* Writes first and reads then, as a peer may, with as little help of the
 * system as can be had. */
static void
write_then_read(size_t n)
{
	char block[1000];
	size_t sum = 0;
	ssize_t k;

	memset(block, '\n', sizeof(block));
	for (; n > 0; n -= sizeof(block))
		feed((struct slice){ block, sizeof(block) });
	while ((k = read(peer, block, sizeof(block))) > 0)
		sum += (size_t)k;
	if (sum != MUCH)
		_exit(1);
}

static void
both_write(int in, int out, size_t n)
{
	struct conn *c = conn_new(in, out);
	struct fail f = { 0 };
	struct conn_line line;
	size_t lines = 0;
	pid_t pid;

	conn_timeout(c, 5);
	pid = in_child(c, write_then_read, n);
	(void)close(peer);
	memset(buf_room(conn_out(c), MUCH), 'x', MUCH);
	conn_out(c)->n += MUCH;
	CHECK_INT(conn_flush(c, &f), 0);
	CHECK_STR(f.text, "");
	(void)shutdown(conn_fd(c), SHUT_WR);
	while (lines < n &&
	    conn_line(c, 9, CONN_COMMAND, &line, &f) == CONN_LINE)
		lines++;
	CHECK_INT(lines, n);
	CHECK_INT(status_of(pid), 0);
	conn_close(&c);
}

static void
no_deadlock(void)
{
	int fd[2], small = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	(void)setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	(void)setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	peer = fd[1];
	both_write(fd[0], fd[0], 60000);
}

/* The same between a pair of pipes, which cannot be written without waiting;
 * the peer is a process between them. */
static void
no_deadlock_on_pipes(void)
{
	struct fail f = { 0 };
	struct conn_line line;
	struct conn *c;
	int in[2], out[2], lines = 0;
	pid_t pid;

	if (pipe(in) == -1 || pipe(out) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)close(in[0]);
		(void)close(out[1]);
		(void)dup2(out[0], STDIN_FILENO);
		(void)dup2(in[1], STDOUT_FILENO);
		(void)execlp("sh", "sh", "-c",
		    "yes 2>/dev/null | head -c 120000; "
		    "[ $(head -c 250000 | wc -c) = 250000 ] && echo good",
		    (char *)NULL);
		_exit(1);
	}
	(void)close(in[1]);
	(void)close(out[0]);
	c = conn_new(in[0], out[1]);
	conn_timeout(c, 10);
	memset(buf_room(conn_out(c), MUCH), 'x', MUCH);
	conn_out(c)->n += MUCH;
	CHECK_INT(conn_flush(c, &f), 0);
	while (conn_line(c, 9, CONN_COMMAND, &line, &f) == CONN_LINE)
		if (slice_eq(line.text, lines < 60000 ? SLICE("y") :
			SLICE("good")))
			lines++;
	CHECK_INT(lines, 60001);
	CHECK_INT(status_of(pid), 0);
	conn_close(&c);
}

static void
peer_is_gone(void)
{
	struct conn *c = connect_pair(SOCK_STREAM);
	struct conn_line line;
	struct fail f = { 0 };

	/* It went without reading: a reset. */
	(void)buf_adds(conn_out(c), "x");
	CHECK_INT(conn_flush(c, &f), 0);
	(void)close(peer);
	CHECK_INT(conn_pending(c), 1);
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_CLOSED);
	(void)buf_adds(conn_out(c), "x");
	CHECK_INT(conn_flush(c, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(f.error, EPIPE);
	conn_close(&c);
}

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	stop = number;
}

static void
send_signal_then_rest(size_t parent)
{
	(void)kill((pid_t)parent, SIGUSR1);
	feed(SLICE("c\r\n"));
}

static void
stopped_between_lines(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct conn *c = connect_pair(SOCK_SEQPACKET);
	struct conn_line line = { 0 };
	sigset_t block, during;
	struct fail f;
	pid_t pid;

	(void)sigaction(SIGUSR1, &action, NULL);
	(void)sigemptyset(&block);
	(void)sigaddset(&block, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &block, &during);
	(void)sigdelset(&during, SIGUSR1);
	conn_stoppable(c, &stop, &during);
	/* Within a line the signal waits, */
	feed(SLICE("ab"));
	pid = in_child(c, send_signal_then_rest, (size_t)getpid());
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("abc"));
	CHECK_INT(status_of(pid), 0);
	CHECK_INT(stop, 0);
	/* and before the next one it is told. */
	CHECK_INT(conn_line(c, 9, CONN_COMMAND, &line, &f), CONN_STOPPED);
	CHECK_INT(stop, SIGUSR1);
	(void)sigprocmask(SIG_UNBLOCK, &block, NULL);
	disconnect(&c);
}

/* RFC 3207, 6: what came before TLS may be somebody else's. */
static void
nothing_before_tls(void)
{
	struct fail f = { 0 };
	struct conn_line line;
	struct tlsserver *s;
	struct conn *c;
	char place[64];
	int pair[2];

	tlspeer_start(place);
	tlspeer_certificate("mx", "DNS:mx.example.org", "ec");
	s = tlspeer_server("mx", NULL, NULL);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	c = conn_new(pair[0], pair[0]);
	CHECK_INT(write(pair[1], "STARTTLS\r\nMAIL\r\n", 16), 16);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_INT(conn_start_tls(c, tlsserver_session(s, &f), &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK(conn_tls(c) == NULL);
	conn_close(&c);
	(void)close(pair[1]);
	tlsserver_free(&s);
	tlspeer_end(place);
}

/* Counted octets: whatever they are, and not one more. */
static void
octets_as_counted(void)
{
	struct conn *c = connect_pair(SOCK_SEQPACKET);
	struct conn_line line;
	struct slice piece;
	struct fail f;

	feed(SLICE("BDAT 7\r\n\r\0"));
	feed(SLICE("\n.\r"));
	feed(SLICE("\n\nNO"));
	feed(SLICE("OP\r\n\r\nx"));
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("BDAT 7"));
	CHECK_INT(conn_peek(c, &piece, &f), CONN_LINE);
	CHECK(slice_eq(piece, SLICE("\r\0")));
	CHECK_INT(conn_octets(c, 7, &piece, &f), CONN_LINE);
	CHECK(slice_eq(piece, SLICE("\r\0")));
	CHECK_INT(conn_octets(c, 1, &piece, &f), CONN_LINE);
	CHECK_SLICE(piece, SLICE("\n"));
	CHECK_INT(conn_octets(c, 4, &piece, &f), CONN_LINE);
	CHECK_SLICE(piece, SLICE(".\r"));
	CHECK_INT(conn_octets(c, 2, &piece, &f), CONN_LINE);
	CHECK_SLICE(piece, SLICE("\n\n"));
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("NOOP"));
	CHECK_INT(line.flaws, 0);
	/* A CR that was counted is no part of the line behind it. */
	CHECK_INT(conn_octets(c, 1, &piece, &f), CONN_LINE);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_INT(line.flaws, CONN_BARE_LF);
	CHECK_INT(conn_octets(c, SIZE_MAX, &piece, &f), CONN_LINE);
	CHECK_SLICE(piece, SLICE("x"));
	conn_timeout(c, 1);
	CHECK_INT(conn_octets(c, 1, &piece, &f), CONN_FAILED);
	CHECK_STR(f.text, "no answer within 1 seconds");
	(void)shutdown(peer, SHUT_WR);
	CHECK_INT(conn_octets(c, 1, &piece, &f), CONN_CLOSED);
	CHECK_INT(conn_peek(c, &piece, &f), CONN_CLOSED);
	disconnect(&c);
}

/* Bytes that somebody else has read already come first. */
static void
begun(void)
{
	static char much[CONN_IN + 1];
	struct conn *c = connect_pair(SOCK_STREAM);
	struct conn_line line;
	struct fail f = { 0 };

	CHECK_INT(conn_begin(c, SLICE("")), 0);
	CHECK_INT(conn_begin(c, SLICE("STAT\r\nLI")), 0);
	CHECK_INT(conn_begin(c, (struct slice){ much, sizeof(much) }), -1);
	feed(SLICE("ST\r\n"));
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("STAT"));
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("LIST"));
	disconnect(&c);
	c = connect_pair(SOCK_STREAM);
	CHECK_INT(conn_begin(c, (struct slice){ much, CONN_IN }), 0);
	CHECK_INT(conn_buffered(c), CONN_IN);
	disconnect(&c);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(begun);
	RUN(lines_in_two_pieces);
	RUN(lines_byte_by_byte);
	RUN(lines_of_a_text);
	RUN(lines_from_pipes);
	RUN(end_of_data_variants);
	RUN(long_lines);
	RUN(lines_across_the_buffer);
	RUN(waits_end);
	RUN(output_is_held_back);
	RUN(what_came_early);
	RUN(no_deadlock);
	RUN(no_deadlock_on_pipes);
	RUN(peer_is_gone);
	RUN(stopped_between_lines);
	RUN(nothing_before_tls);
	RUN(octets_as_counted);
	return unit_done();
}
