/* SPDX-License-Identifier: ISC */
/* Tests of imap: what its callers do with it in ways that no server makes them
 * do; tests/imap-attacks.bats has servers. */

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cmd/imap/engine.h"
#include "limits.h"
#include "unit.h"

struct peer {
	int fd;	   /* -1: a child reads all that comes */
	pid_t pid;
};

/* A session that has logged in, with a server that has said that already. */
static void
start(struct imap *i, struct peer *p, const char *said)
{
	int fd[2], small = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	(void)setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	if (write(fd[1], said, strlen(said)) != (ssize_t)strlen(said))
		abort();
	*i = (struct imap){ .dead = 1 };
	client_start(&i->client, &imap_family);
	i->client.timeout = 10;
	imap_begin(i, conn_new(fd[0], fd[0]));
	i->own->greeted = i->own->in = 1;
	*p = (struct peer){ .fd = fd[1] };
}

/* Has a child read all that is said from now on. */
static void
drain(struct imap *i, struct peer *p)
{
	char bytes[1024];

	if ((p->pid = fork()) == -1)
		abort();
	if (p->pid == 0) {
		(void)close(conn_fd(i->conn));
		while (read(p->fd, bytes, sizeof(bytes)) > 0)
			;
		_exit(0);
	}
}

static void
stop(struct imap *i, struct peer *p)
{
	(void)close(p->fd);
	imap_end(i);
	if (p->pid != 0)
		(void)waitpid(p->pid, NULL, 0);
}

/* What is being read does not suffer from what is said in the middle of it, in
 * any amount. */
static void
reading_and_writing(void)
{
	static char octets[500000];
	struct imap i;
	struct peer p;
	struct imap_response r;
	struct token t;
	struct slice text;
	struct fail f = { 0 };

	start(&i, &p, "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2 X \"abc\" Y "
	    "{3}\r\ndef Z ghi)\r\n* 3 EXISTS\r\n");
	drain(&i, &p);
	i.offers = IMAP_LITERAL_PLUS;
	CHECK_INT(imap_next(&i, &r, &f), IMAP_DATA);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_DATA);
	CHECK_INT(token_next(&i.tokens, &t, &f), 0);
	CHECK_INT(token_next(&i.tokens, &t, &f), 0);
	CHECK_SLICE(t.text, SLICE("UID"));
	(void)imap_say(&i, "APPEND x ");
	CHECK_INT(imap_add_literal(&i, sizeof(octets), 0, &f), 0);
	memset(octets, 'x', sizeof(octets));
	CHECK_INT(imap_add_octets(&i, (struct slice){ octets,
	    sizeof(octets) }, &f), 0);
	imap_said(&i);
	CHECK_INT(token_next(&i.tokens, &t, &f), 0);
	CHECK_SLICE(t.text, SLICE("2"));
	CHECK_INT(token_skip(&i.tokens, &f), 0);
	CHECK_INT(token_string(&i.tokens, 1, &text, &f), 1);
	CHECK_SLICE(text, SLICE("abc"));
	CHECK_INT(token_skip(&i.tokens, &f), 0);
	CHECK_INT(token_next(&i.tokens, &t, &f), 0);
	CHECK_INT(t.kind, TOKEN_LITERAL);
	CHECK_INT(imap_flush(&i, &f), 0);
	CHECK_INT(token_octets(&i.tokens, &text, &f), 1);
	CHECK_SLICE(text, SLICE("def"));
	CHECK_INT(imap_flush(&i, &f), 0);
	CHECK_INT(token_next(&i.tokens, &t, &f), 0);
	CHECK_SLICE(t.text, SLICE("Z"));
	CHECK_INT(imap_next(&i, &r, &f), IMAP_DATA);
	CHECK(imap_is(&r, "EXISTS"));
	CHECK_INT(i.box.exists, 3);
	i.dead = 1;
	stop(&i, &p);
}

/* No more is said at once than a server has room for that does not read. */
static void
room(void)
{
	char text[8000];
	struct imap i;
	struct peer p;
	unsigned n;

	start(&i, &p, "");
	memset(text, '1', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CHECK_INT(imap_room(&i), IMAP_WINDOW);
	for (n = 0; imap_room(&i) > 0; n++) {
		(void)imap_say(&i, "UID FETCH %s FLAGS", text);
		imap_said(&i);
	}
	CHECK_INT(n, 5);
	i.dead = 1;
	stop(&i, &p);
	start(&i, &p, "");
	for (n = 0; imap_room(&i) > 0; n++) {
		(void)imap_say(&i, "NOOP");
		imap_said(&i);
	}
	CHECK_INT(n, IMAP_WINDOW);
	i.dead = 1;
	stop(&i, &p);
}

/* Whatever is done with a session that is lost, the reason stays the same. */
static void
lost(void)
{
	struct imap i;
	struct peer p;
	struct imap_response r;
	struct fail f = { 0 };
	unsigned number;

	start(&i, &p, "* BYE enough\r\n");
	CHECK_INT(imap_next(&i, &r, &f), IMAP_LOST);
	CHECK_STR(f.text, "BYE enough");
	CHECK_INT(i.dead, 1);
	number = imap_say(&i, "SEARCH TEXT ");
	imap_add_string(&i, SLICE("a\nb"));
	imap_said(&i);
	CHECK_INT(imap_finish(&i, number, &f), IMAP_LOST);
	CHECK_INT(imap_await(&i, 1, &f), -1);
	CHECK_INT(imap_select(&i, SLICE("INBOX"), 1, &f), -1);
	CHECK_STR(f.text, "BYE enough");
	imap_close(&i, &f);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_LOST);
	CHECK_STR(f.text, "BYE enough");
	stop(&i, &p);
	start(&i, &p, "");
	drain(&i, &p);
	imap_close(&i, NULL);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_LOST);
	CHECK_INT(f.class, EX_TEMPFAIL);
	stop(&i, &p);
}

/* A caller that finds a response no good has nothing more to read. */
static void
broken(void)
{
	struct imap i;
	struct peer p;
	struct imap_response r;
	struct slice text;
	struct fail f = { 0 };

	start(&i, &p, "* LIST () (x\r\n* 1 EXISTS\r\n");
	CHECK_INT(imap_next(&i, &r, &f), IMAP_DATA);
	CHECK_INT(token_string(&i.tokens, 0, &text, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_LOST);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_INT(i.dead, 1);
	stop(&i, &p);
}

/* NUL, a command that is too long, a name that is not UTF-8: nothing is said,
 * and others go on. */
static void
not_to_be_said(void)
{
	static char longest[9000];
	struct imap i;
	struct peer p;
	struct imap_response r;
	struct fail f = { 0 };
	char said[1000];
	unsigned first, second, third;
	ssize_t n;

	start(&i, &p, "");
	memset(longest, 'x', sizeof(longest) - 1);
	first = imap_say(&i, "CREATE ");
	imap_add_string(&i, SLICE("a\0b"));
	imap_said(&i);
	second = imap_say(&i, "UID FETCH %s", longest);
	imap_add(&i, " more");
	imap_said(&i);
	third = imap_say(&i, "DELETE ");
	imap_add_name(&i, SLICE("\xff"));
	imap_said(&i);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_NO);
	CHECK_INT(r.command, first);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_INT(imap_next(&i, &r, &f), IMAP_NO);
	CHECK_INT(r.command, second);
	CHECK_INT(imap_finish(&i, third, &f), IMAP_NO);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_INT(i.dead, 0);
	imap_close(&i, NULL);
	n = read(p.fd, said, sizeof(said));
	CHECK(n > 0 && slice_ends((struct slice){ said, (size_t)n },
	    SLICE(" LOGOUT\r\n")));
	CHECK_INT(n, ENGINE_TAG - 1 + 9);
	stop(&i, &p);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	RUN(reading_and_writing);
	RUN(room);
	RUN(lost);
	RUN(broken);
	RUN(not_to_be_said);
	return unit_done();
}
