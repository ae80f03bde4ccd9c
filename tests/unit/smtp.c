/* SPDX-License-Identifier: ISC */
/* Tests of smtp: the client's engine against a server that follows a script
 * in another process. */

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limits.h"
#include "smtp.h"
#include "unit.h"

/*
 * A script: "<" and a line that the client is to send, ">" and lines to send,
 * "?" where the client has nothing more to say now; NULL at the end.  What
 * the client said and should not have said is the child's exit status.
 */
static pid_t server;
static struct smtp session;

static int
read_line(int fd, char *line, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && read(fd, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	line[n] = '\0';
	return n >= 2 && strcmp(line + n - 2, "\r\n") == 0;
}

static void
follow(int fd, const char *const *script)
{
	char line[1024], byte;

	for (; *script != NULL; script++) {
		const char *text = *script + 1;

		if (**script == '>') {
			if (write(fd, text, strlen(text)) == -1)
				_exit(3);
		} else if (**script == '?') {
			(void)usleep(20000);
			if (recv(fd, &byte, 1, MSG_DONTWAIT) != -1)
				_exit(2);
		} else if (!read_line(fd, line, sizeof(line)) ||
		    strncmp(line, text, strlen(line) - 2) != 0 ||
		    strlen(text) != strlen(line) - 2) {
			(void)fprintf(stderr, "# not \"%s\": %s\n", text, line);
			_exit(1);
		}
	}
	/* Whoever says more than the script knows is wrong, too. */
	while (read(fd, line, sizeof(line)) > 0)
		if (strncmp(line, "QUIT\r\n", 6) != 0)
			_exit(4);
	_exit(0);
}

static int
start(const char *const *script, struct fail *f)
{
	int fd[2];

	memset(&session, 0, sizeof(session));
	memset(f, 0, sizeof(*f));
	session.timeout = 10;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 ||
	    (server = fork()) == -1)
		abort();
	if (server == 0) {
		(void)close(fd[0]);
		follow(fd[1], script);
	}
	(void)close(fd[1]);
	return smtp_open(&session, conn_new(fd[0], fd[0]), "me.example", f);
}

/* Ends the session; the server must have seen what it wanted. */
static void
end(void)
{
	int status = -1;

	smtp_quit(&session);
	smtp_close(&session);
	CHECK(session.conn == NULL);
	CHECK(waitpid(server, &status, 0) == server);
	CHECK_INT(status, 0);
}

static void
opening(void)
{
	static const struct {
		const char *name;
		const char *script[6];
		int class; /* 0: it opens */
		const char *text;
		unsigned offers;
		uint64_t size_limit;
	} cases[] = {
		{ "all", { ">220 hi\r\n", "<EHLO me.example", ">250-mx\r\n"
		    "250-PIPELINING\r\n250-size 1000\r\n250 8bitmime\r\n" }, 0,
		    "", SMTP_ESMTP | SMTP_PIPELINING | SMTP_SIZE |
		    SMTP_8BITMIME, 1000 },
		{ "plain EHLO", { ">220-a\r\n220 b\r\n", "<EHLO me.example",
		    ">250 mx\r\n" }, 0, "", SMTP_ESMTP, 0 },
		{ "SIZE without a number", { ">220\r\n", "<EHLO me.example",
		    ">250-mx\r\n250 SIZE\r\n" }, 0, "", SMTP_ESMTP |
		    SMTP_SIZE, 0 },
		{ "SIZE that is none", { ">220\r\n", "<EHLO me.example",
		    ">250-mx\r\n250 SIZE -1\r\n" }, 0, "",
		    SMTP_ESMTP | SMTP_SIZE, 0 },
		{ "SIZE that is too much", { ">220\r\n", "<EHLO me.example",
		    ">250-mx\r\n250 SIZE 18446744073709551616\r\n" }, 0, "",
		    SMTP_ESMTP | SMTP_SIZE, 0 },
		{ "a word that only begins so", { ">220\r\n",
		    "<EHLO me.example", ">250-mx\r\n250 PIPELININGS\r\n" }, 0,
		    "", SMTP_ESMTP, 0 },
		{ "EHLO refused", { ">220 hi\r\n", "<EHLO me.example",
		    ">502-no\r\n502 PIPELINING\r\n", "<HELO me.example",
		    ">250 mx\r\n" }, 0, "", 0, 0 },
		{ "both refused", { ">220 hi\r\n", "<EHLO me.example",
		    ">500 no\r\n", "<HELO me.example", ">550 no\r\n" },
		    EX_UNAVAILABLE, "550 no", 0, 0 },
		{ "EHLO deferred", { ">220 hi\r\n", "<EHLO me.example",
		    ">451 4.3.0 later\r\n" }, EX_TEMPFAIL, "451 4.3.0 later",
		    0, 0 },
		{ "not 250", { ">220 hi\r\n", "<EHLO me.example",
		    ">220 hi\r\n" }, EX_PROTOCOL, "220 in answer to HELO", 0,
		    0 },
		{ "greeting 554", { ">554 5.7.1 go away\r\n" },
		    EX_UNAVAILABLE, "554 5.7.1 go away", 0, 0 },
		{ "greeting 421", { ">421 busy\r\n" }, EX_TEMPFAIL,
		    "421 busy", 0, 0 },
		{ "greeting 250", { ">250 hi\r\n" }, EX_PROTOCOL,
		    "250 as greeting", 0, 0 },
		{ "no greeting", { ">SSH-2.0-OpenSSH_9.2\r\n" }, EX_PROTOCOL,
		    "greeting: not a reply: SSH-2.0-OpenSSH_9.2", 0, 0 },
	};
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_INT(start(cases[i].script, &f),
		    cases[i].class == 0 ? 0 : -1);
		CHECK_INT(f.class, cases[i].class);
		CHECK_STR(f.text, cases[i].text);
		CHECK_INT(session.offers, cases[i].offers);
		CHECK_INT(session.size_limit, cases[i].size_limit);
		session.dead |= cases[i].class != 0;
		end();
	}
}

#define PIPELINING ">220 hi\r\n", "<EHLO me.example", \
	">250-mx\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE\r\n"
#define LOCKSTEP ">220 hi\r\n", "<EHLO me.example", ">250 mx\r\n"
#define ENVELOPE "<MAIL FROM:<a@x>", "<RCPT TO:<b@y>", "<RCPT TO:<c@z>", \
	"<DATA"

static const struct slice to[] = { SLICE("b@y"), SLICE("c@z") };
static const struct smtp_envelope envelope = { .sender = SLICE("a@x"),
	.to = to, .nto = 2 };

/* What an envelope comes to: the count, and the codes for both recipients. */
struct outcome {
	const char *name;
	const char *script[20];
	int accepted;
	unsigned codes[2];
	int waiting;
	const char *text; /* where the connection is lost */
};

static const struct outcome outcomes[] = {
	{ "all, pipelined", { PIPELINING, ENVELOPE, "?",
	    ">250 a\r\n250 b\r\n251 c\r\n354 d\r\n" }, 2, { 250, 251 }, 1,
	    "" },
	{ "all, one after the other", { LOCKSTEP, "<MAIL FROM:<a@x>", "?",
	    ">250 a\r\n", "<RCPT TO:<b@y>", "?", ">250 b\r\n",
	    "<RCPT TO:<c@z>", "?", ">252 c\r\n", "<DATA", "?",
	    ">354 d\r\n" }, 2, { 250, 252 }, 1, "" },
	{ "one", { PIPELINING, ENVELOPE,
	    ">250 a\r\n550 b\r\n250 c\r\n354 d\r\n" }, 1, { 550, 250 }, 1,
	    "" },
	{ "none, and DATA refused", { PIPELINING, ENVELOPE,
	    ">250 a\r\n550 b\r\n450 c\r\n554 d\r\n" }, 0, { 550, 450 }, 0,
	    "" },
	{ "none, and DATA accepted", { PIPELINING, ENVELOPE,
	    ">250 a\r\n550 b\r\n450 c\r\n354 d\r\n" }, 0, { 550, 450 }, 1,
	    "" },
	{ "none, one after the other", { LOCKSTEP, "<MAIL FROM:<a@x>",
	    ">250 a\r\n", "<RCPT TO:<b@y>", ">550 b\r\n",
	    "<RCPT TO:<c@z>", ">550 c\r\n" }, 0, { 550, 550 }, 0, "" },
	{ "MAIL refused", { PIPELINING, ENVELOPE,
	    ">550 a\r\n503 b\r\n503 c\r\n503 d\r\n" }, 0, { 550, 550 }, 0,
	    "" },
	{ "MAIL refused, one after the other", { LOCKSTEP,
	    "<MAIL FROM:<a@x>", ">451 a\r\n" }, 0, { 451, 451 }, 0, "" },
	{ "MAIL too long is not too many", { PIPELINING, ENVELOPE,
	    ">552 a\r\n503 b\r\n503 c\r\n503 d\r\n" }, 0, { 552, 552 }, 0,
	    "" },
	{ "DATA refused", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250 b\r\n250 c\r\n451 d\r\n" }, 0, { 451, 451 }, 0,
	    "" },
	{ "552 is too many", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250 b\r\n552 c\r\n354 d\r\n" }, 1, { 250, 452 }, 1,
	    "" },
	{ "552 5.5.3, too", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250 b\r\n552 5.5.3 c\r\n354 d\r\n" }, 1, { 250, 452 },
	    1, "" },
	{ "552 5.2.2 is a full mailbox", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250 b\r\n552 5.2.2 c\r\n354 d\r\n" }, 1, { 250, 552 },
	    1, "" },
	{ "354 to RCPT", { PIPELINING, ENVELOPE,
	    ">250 a\r\n354 b\r\n250 c\r\n354 d\r\n" }, 1, { 354, 250 }, 1,
	    "" },
	{ "250 to DATA", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250 b\r\n250 c\r\n250 d\r\n" }, -1, { 250, 250 }, 0,
	    "250 in answer to DATA" },
	{ "334 to DATA", { LOCKSTEP, "<MAIL FROM:<a@x>", ">250 a\r\n",
	    "<RCPT TO:<b@y>", ">250 b\r\n", "<RCPT TO:<c@z>", ">250 c\r\n",
	    "<DATA", ">334 d\r\n" }, -1, { 250, 250 }, 0,
	    "334 in answer to DATA" },
	{ "421 to MAIL", { PIPELINING, ENVELOPE, ">421 4.3.2 bye\r\n" }, -1,
	    { 0, 0 }, 0, "421 4.3.2 bye" },
	{ "421 to the second RCPT", { PIPELINING, ENVELOPE,
	    ">250 a\r\n550 b\r\n421 bye\r\n" }, -1, { 550, 421 }, 0,
	    "421 bye" },
	{ "no reply", { PIPELINING, ENVELOPE, ">250 a\r\nwhat?\r\n" }, -1,
	    { 0, 0 }, 0, "RCPT: not a reply: what?" },
	{ "two codes", { PIPELINING, ENVELOPE,
	    ">250 a\r\n250-b\r\n550 c\r\n" }, -1, { 0, 0 }, 0,
	    "RCPT: a reply with two codes, 250 and 550" },
};

static void
envelopes(void)
{
	struct reply got[2];
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		const struct outcome *o = &outcomes[i];

		CASE(o->name);
		CHECK_INT(start(o->script, &f), 0);
		smtp_put_envelope(&session, &envelope);
		memset(got, 'x', sizeof(got));
		CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f),
		    o->accepted);
		CHECK_INT(got[0].code, o->codes[0]);
		CHECK_INT(got[1].code, o->codes[1]);
		CHECK_INT(session.waiting, o->waiting);
		CHECK_INT(session.dead, o->accepted == -1);
		CHECK_STR(f.text, o->text);
		if (session.waiting)
			session.dead = 1; /* a QUIT would be the message */
		end();
	}
}

static void
parameters_of_mail(void)
{
	static const char *const known[] = { PIPELINING,
		"<MAIL FROM:<> SIZE=18446744073709551615 BODY=8BITMIME "
		"RET=HDRS", "<RCPT TO:<b@y> NOTIFY=NEVER", "<DATA",
		">550\r\n550\r\n550\r\n", NULL };
	static const char *const unknown[] = { LOCKSTEP,
		"<MAIL FROM:<> RET=HDRS", ">550\r\n", NULL };
	const struct slice more = SLICE(" NOTIFY=NEVER");
	const struct smtp_envelope e = { .sender = SLICE(""), .to = to,
		.nto = 1, .size = UINT64_MAX, .eight_bit = 1,
		.mail_more = SLICE(" RET=HDRS"),
		.recipient_more = &more };
	struct reply got;
	struct fail f;

	CHECK_INT(start(known, &f), 0);
	smtp_put_envelope(&session, &e);
	CHECK_INT(smtp_get_envelope(&session, &e, &got, &f), 0);
	end();
	CHECK_INT(start(unknown, &f), 0);
	smtp_put_envelope(&session, &e);
	CHECK_INT(smtp_get_envelope(&session, &e, &got, &f), 0);
	end();
}

static void
send_text(struct slice text, unsigned code)
{
	struct reply r;
	struct fail f;

	CHECK_INT(smtp_put_data(&session, text, &f), 0);
	CHECK_INT(smtp_put_dot(&session, &f), 0);
	CHECK_INT(smtp_get_dot(&session, &r, &f), 0);
	CHECK_INT(r.code, code);
}

/* Two messages, with the second envelope behind the first one's end. */
static void
messages_in_a_row(void)
{
	static const char *const script[] = { PIPELINING, ENVELOPE,
		">250 a\r\n250 b\r\n250 c\r\n354 d\r\n", "<..one", "<.",
		ENVELOPE, ">250 stored\r\n250 a\r\n550 b\r\n250 c\r\n"
		"354 d\r\n", "<two", "<.", ">554 5.6.0 no\r\n", NULL };
	struct reply got[2], dot;
	struct fail f;

	CHECK_INT(start(script, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 2);
	CHECK_INT(smtp_put_data(&session, SLICE(".one\n"), &f), 0);
	CHECK_INT(smtp_put_dot(&session, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_dot(&session, &dot, &f), 0);
	CHECK_INT(dot.code, 250);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 1);
	send_text(SLICE("two"), 554);
	end();
}

/* A transaction that came to nothing is reset before the next, and one that
 * the server opened all the same is ended with an empty message. */
static void
after_a_refusal(void)
{
	static const char *const pipelined[] = { PIPELINING, ENVELOPE,
		">250 a\r\n550 b\r\n550 c\r\n354 d\r\n", "<.",
		">554 no recipients\r\n", ENVELOPE,
		">250 a\r\n550 b\r\n550 c\r\n503 d\r\n", "<RSET", ENVELOPE,
		">250 r\r\n250 a\r\n250 b\r\n250 c\r\n354 d\r\n", "<x", "<.",
		">250 ok\r\n", NULL };
	struct reply got[2];
	struct fail f;

	CHECK_INT(start(pipelined, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 0);
	CHECK_INT(smtp_abandon(&session, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 0);
	CHECK_INT(smtp_abandon(&session, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 2);
	send_text(SLICE("x"), 250);
	end();
}

static void
resets_in_lockstep(void)
{
	static const char *const script[] = { LOCKSTEP, "<MAIL FROM:<a@x>",
		">250\r\n", "<RCPT TO:<b@y>", ">550\r\n", "<RCPT TO:<c@z>",
		">550\r\n", "<RSET", "?", ">250\r\n",
		"<MAIL FROM:<a@x>", ">550\r\n", NULL };
	struct reply got[2];
	struct fail f;

	CHECK_INT(start(script, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 0);
	CHECK_INT(smtp_abandon(&session, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 0);
	end();
}

static void
ends_of_messages(void)
{
	static const struct {
		const char *reply;
		int rc, class;
		unsigned code;
		const char *text;
	} cases[] = {
		{ ">250 2.0.0 ok\r\n", 0, 0, 250, "" },
		{ ">552 5.3.4 long\r\n", 0, 0, 552, "" },
		{ ">452 4.3.1 full\r\n", 0, 0, 452, "" },
		{ ">421 4.3.0 bye\r\n", -1, EX_TEMPFAIL, 421,
		    "421 4.3.0 bye" },
		{ ">354 again\r\n", -1, EX_PROTOCOL, 354,
		    "354 in answer to the message" },
		{ ">250-ok\r\n550 no\r\n", -1, EX_PROTOCOL, 0,
		    "the message: a reply with two codes, 250 and 550" },
		{ ">ok\r\n", -1, EX_PROTOCOL, 0,
		    "the message: not a reply: ok" },
	};
	const char *script[] = { PIPELINING, ENVELOPE,
		">250\r\n250\r\n250\r\n354\r\n", "<x", "<.", NULL, NULL };
	struct reply got[2], dot;
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		script[sizeof(script) / sizeof(script[0]) - 2] =
		    cases[i].reply;
		CASE(cases[i].reply);
		CHECK_INT(start(script, &f), 0);
		smtp_put_envelope(&session, &envelope);
		CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 2);
		CHECK_INT(smtp_put_data(&session, SLICE("x"), &f), 0);
		CHECK_INT(smtp_put_dot(&session, &f), 0);
		CHECK_INT(smtp_get_dot(&session, &dot, &f), cases[i].rc);
		CHECK_INT(dot.code, cases[i].code);
		CHECK_INT(f.class, cases[i].class);
		CHECK_STR(f.text, cases[i].text);
		CHECK_INT(session.dead, cases[i].rc == -1);
		end();
	}
}

/* Whoever answers a message before its end has not got it. */
static void
answered_too_early(void)
{
	static const struct {
		const char *reply;
		int put, class;
		unsigned code;
		const char *text;
	} cases[] = {
		{ ">250\r\n250\r\n250\r\n354\r\n250 ok\r\n", -1,
		    EX_PROTOCOL, 0, "250 in answer to a message without its "
		    "end" },
		{ ">250\r\n250\r\n250\r\n354\r\n354\r\n", -1,
		    EX_PROTOCOL, 0, "354 in answer to a message without its "
		    "end" },
		{ ">250\r\n250\r\n250\r\n354\r\n421 bye\r\n", -1,
		    EX_TEMPFAIL, 0, "421 bye" },
		{ ">250\r\n250\r\n250\r\n354\r\n552 5.3.4 no\r\n", 0,
		    0, 552, "" },
		{ ">250\r\n250\r\n250\r\n354\r\n451 full\r\n", 0, 0,
		    451, "" },
	};
	const char *script[] = { PIPELINING, ENVELOPE, NULL, NULL };
	struct reply got[2], dot = { 0 };
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		script[sizeof(script) / sizeof(script[0]) - 2] =
		    cases[i].reply;
		CASE(cases[i].reply);
		CHECK_INT(start(script, &f), 0);
		smtp_put_envelope(&session, &envelope);
		CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 2);
		CHECK_INT(smtp_put_data(&session, SLICE("x"), &f), 0);
		CHECK_INT(smtp_put_dot(&session, &f), cases[i].put);
		CHECK_INT(session.dead, 1);
		CHECK_INT(f.class, cases[i].class);
		CHECK_STR(f.text, cases[i].text);
		memset(&dot, 0, sizeof(dot));
		CHECK_INT(smtp_get_dot(&session, &dot, &f), cases[i].put);
		CHECK_INT(dot.code, cases[i].code);
		end();
	}
}

static struct buf traced;

static void
note_trace(int direction, struct slice line)
{
	(void)buf_addc(&traced, direction);
	(void)buf_add(&traced, line);
	(void)buf_addc(&traced, '|');
}

static void
traces_all_but_the_message(void)
{
	static const char *const script[] = { PIPELINING, ENVELOPE,
		">250 a\r\n250 b\r\n550-c\r\n550 d\r\n354 e\r\n", "<secret",
		"<.", ">250 ok\r\n", NULL };
	struct reply got[2];
	struct fail f;

	traced = BUF(10000);
	CHECK_INT(start(script, &f), 0);
	session.trace = note_trace;
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 1);
	send_text(SLICE("secret"), 250);
	end();
	CHECK_SLICE(buf_slice(&traced), SLICE(">MAIL FROM:<a@x>|"
	    ">RCPT TO:<b@y>|>RCPT TO:<c@z>|>DATA|<250 a|<250 b|<550-c|"
	    "<550 d|<354 e|<250 ok|>QUIT|"));
	buf_free(&traced);
}

/* More than the buffer holds, to a server that is gone. */
static void
lost_in_the_data(void)
{
	static const char *const script[] = { PIPELINING, ENVELOPE,
		">250\r\n250\r\n250\r\n354\r\n", NULL };
	static char block[1000000];
	struct reply got[2];
	struct fail f;

	CHECK_INT(start(script, &f), 0);
	smtp_put_envelope(&session, &envelope);
	CHECK_INT(smtp_get_envelope(&session, &envelope, got, &f), 2);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	CHECK_INT(smtp_put_data(&session, (struct slice){ block,
	    sizeof(block) }, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(session.dead, 1);
	smtp_quit(&session);
	smtp_close(&session);
}

int
main(void)
{
	RUN(opening);
	RUN(envelopes);
	RUN(parameters_of_mail);
	RUN(messages_in_a_row);
	RUN(after_a_refusal);
	RUN(resets_in_lockstep);
	RUN(ends_of_messages);
	RUN(answered_too_early);
	RUN(traces_all_but_the_message);
	RUN(lost_in_the_data);
	return unit_done();
}
