/* SPDX-License-Identifier: ISC */
/* session: the server's side of SMTP, commands and replies; see session.h.
 * What comes between 354 and the final dot is in data.c. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data.h"
#include "limits.h"
#include "log.h"
#include "text.h"
#include "verb.h"

enum {
	REPLY = 512, /* RFC 5321, 4.5.3.1.5 */
	S_ANY = S_START | S_HELLO | S_MAIL | S_RCPT,
};

time_t
session_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

const char *
session_client(const struct session *s)
{
	return s->peer.address[0] == '\0' ? "local" : s->peer.address;
}

static void __attribute__((format(printf, 2, 0)))
put_reply(struct session *s, const char *format, va_list ap)
{
	char line[REPLY], *p;

	(void)vsnprintf(line, sizeof(line) - 2, format, ap);
	for (p = line; *p != '\0'; p++)
		if ((unsigned char)*p >= 127) /* RFC 5321, 4.2: ASCII */
			*p = '?';
	if (line[0] == '5')
		s->errors++;
	if (s->trace)
		log_line("> %s", line);
	(void)buf_adds(conn_out(s->conn), line);
	(void)buf_add(conn_out(s->conn), SLICE("\r\n"));
}

void
session_reply(struct session *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_reply(s, format, ap);
	va_end(ap);
}

void
session_end(struct session *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_reply(s, format, ap);
	va_end(ap);
	s->ended = 1;
}

void
session_reset(struct session *s)
{
	store_abort(s->store);
	s->sender[0] = s->first[0] = '\0';
	s->recipients = 0;
	if (s->state != S_START)
		s->state = S_HELLO;
}

/* HELO and EHLO: any printable word, as clients say all sorts of things, but
 * nothing that could confuse a log or a header (RFC 5321, 4.1.4). */
static int
hello(struct session *s, struct slice arg, int esmtp)
{
	size_t i;

	for (i = 0; i < arg.n; i++)
		if (arg.p[i] <= ' ' || arg.p[i] >= 127)
			break;
	if (i < arg.n || arg.n >= sizeof(s->helo)) {
		session_reply(s, "501 5.5.4 that is no host name");
		return -1;
	}
	memcpy(s->helo, arg.p, arg.n);
	s->helo[arg.n] = '\0';
	s->esmtp = esmtp;
	s->state = S_HELLO;
	session_reset(s);
	return 0;
}

static int
do_helo(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	if (hello(s, arg, 0) == 0)
		session_reply(s, "250 %s", s->conf->hostname);
	return 0;
}

static int
do_ehlo(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	if (hello(s, arg, 1) == -1)
		return 0;
	session_reply(s, "250-%s", s->conf->hostname);
	session_reply(s, "250-PIPELINING");
	session_reply(s, "250-SIZE %" PRIu64, s->conf->max_message_size);
	session_reply(s, "250-8BITMIME");
	session_reply(s, "250-ENHANCEDSTATUSCODES");
	session_reply(s, "250 HELP");
	return 0;
}

/* 1*20DIGIT (RFC 1870, 3), which may be more than any number holds. */
static int
is_size(struct slice word)
{
	size_t i;

	for (i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return 0;
	return word.n > 0 && word.n <= 20;
}

/* One parameter of MAIL: NULL, or the reply that refuses it. */
static const char *
mail_parameter(struct session *s, struct slice word, unsigned *seen)
{
	enum { SEEN_SIZE = 1, SEEN_BODY = 2 };
	struct slice name;
	unsigned which;
	uint64_t size;

	(void)slice_until(&word, '=', &name);
	if (slice_caseeq(name, SLICE("SIZE")))
		which = SEEN_SIZE;
	else if (slice_caseeq(name, SLICE("BODY")))
		which = SEEN_BODY;
	else
		return "555 5.5.4 unknown parameter of MAIL";
	if ((*seen & which) != 0)
		return "501 5.5.4 a parameter said twice";
	*seen |= which;
	if (which == SEEN_SIZE) {
		if (!is_size(word))
			return "501 5.5.4 SIZE is not a number";
		if (slice_uint(word, 0, s->conf->max_message_size, &size) == -1)
			return "552 5.3.4 the message is too long";
		return NULL;
	}
	if (!slice_caseeq(word, SLICE("8BITMIME")) &&
	    !slice_caseeq(word, SLICE("7BIT")))
		return "501 5.5.4 BODY is neither 7BIT nor 8BITMIME";
	return NULL;
}

static const char *
mail_parameters(struct session *s, struct slice rest)
{
	const char *refusal = NULL;
	struct slice word;
	unsigned seen = 0;

	if (rest.n > 0 && rest.p[0] != ' ')
		return "501 5.5.4 no space behind the address";
	while (refusal == NULL && slice_word(&rest, &word))
		refusal = mail_parameter(s, word, &seen);
	return refusal;
}

static int
do_mail(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	const char *refusal;
	struct addr sender;
	struct fail f;

	if (!slice_casestarts(arg, SLICE("FROM:"))) {
		session_reply(s, "501 5.5.4 MAIL needs FROM:<address>");
		return 0;
	}
	arg = slice_sub(arg, 5, arg.n);
	if (addr_path(&arg, ADDR_NULL, &sender, &f) == -1) {
		session_reply(s, "501 5.1.7 %.300s", f.text);
		return 0;
	}
	if ((refusal = mail_parameters(s, arg)) != NULL) {
		session_reply(s, "%s", refusal);
		return 0;
	}
	addr_format(s->sender, &sender);
	s->state = S_MAIL;
	session_reply(s, "250 2.1.0 sender accepted");
	return 0;
}

static void
add_recipient(struct session *s, const struct addr *a)
{
	char text[ADDR_TEXT];
	struct fail f = { 0 };

	addr_format(text, a);
	switch (store_recipient(s->store, a, &f)) {
	case USERS_FOUND:
		if (s->recipients++ == 0)
			memcpy(s->first, text, sizeof(text));
		s->state = S_RCPT;
		session_reply(s, "250 2.1.5 recipient accepted");
		return;
	case USERS_NONE:
		session_reply(s, "550 5.1.1 there is no such mailbox");
		break;
	case USERS_ELSEWHERE:
		session_reply(s, "550 5.7.1 no mail is taken for that domain");
		break;
	case USERS_FAILED:
		log_line("to=<%s> not looked up: %s", text, f.text);
		session_reply(s, "451 4.3.0 the mailbox cannot be looked up "
		    "now");
		return;
	}
	log_line("client=%s helo=%s from=<%s> to=<%s> refused",
	    session_client(s), TEXT_SHOW(slice_str(s->helo)), s->sender, text);
}

static int
do_rcpt(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	struct addr recipient;
	struct fail f;

	if (!slice_casestarts(arg, SLICE("TO:"))) {
		session_reply(s, "501 5.5.4 RCPT needs TO:<address>");
		return 0;
	}
	arg = slice_sub(arg, 3, arg.n);
	if (addr_path(&arg, ADDR_POSTMASTER, &recipient, &f) == -1)
		session_reply(s, "501 5.1.3 %.300s", f.text);
	else if (arg.n > 0)
		session_reply(s, "555 5.5.4 RCPT has no parameters here");
	else if (s->recipients >= s->conf->max_recipients)
		session_reply(s, "452 4.5.3 too many recipients");
	else
		add_recipient(s, &recipient);
	return 0;
}

static int
do_data(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	/* Who does not wait for 354 does not know what it will be told, and
	 * what it sent may be meant for somebody else. */
	if (conn_pending(s->conn))
		session_end(s, "554 5.5.0 the message came before 354");
	else if (s->recipients == 0)
		session_reply(s, "554 5.5.1 no recipient was accepted");
	else
		data_receive(s);
	return 0;
}

static int
do_rset(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_reset(s);
	session_reply(s, "250 2.0.0 forgotten");
	return 0;
}

static int
do_noop(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "250 2.0.0 here");
	return 0;
}

static int
do_vrfy(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "252 2.5.0 send mail and see");
	return 0;
}

static int
do_help(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "214 2.0.0 HELO EHLO MAIL RCPT DATA RSET NOOP VRFY "
	    "HELP QUIT: see smtpd-inetd(8)");
	return 0;
}

static int
do_quit(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_end(s, "221 2.0.0 %s", s->conf->hostname);
	return -1;
}

static const struct verb verbs[] = { /* RFC 5321, 4.1.1 */
	/* name   states                   arity      secret handler */
	{ "DATA", S_MAIL | S_RCPT,         VERB_NONE, 0,     do_data },
	{ "EHLO", S_ANY,                   VERB_MUST, 0,     do_ehlo },
	{ "HELO", S_ANY,                   VERB_MUST, 0,     do_helo },
	{ "HELP", S_ANY,                   VERB_MAY,  0,     do_help },
	{ "MAIL", S_HELLO,                 VERB_MUST, 0,     do_mail },
	{ "NOOP", S_ANY,                   VERB_MAY,  0,     do_noop },
	{ "QUIT", S_ANY,                   VERB_NONE, 0,     do_quit },
	{ "RCPT", S_MAIL | S_RCPT,         VERB_MUST, 0,     do_rcpt },
	{ "RSET", S_ANY,                   VERB_NONE, 0,     do_rset },
	{ "VRFY", S_ANY,                   VERB_MUST, 0,     do_vrfy },
};

/* A browser, or somebody who makes one talk to us. */
static int
is_http(struct slice line)
{
	static const char *const names[] = { "GET ", "POST ", "PUT ", "HEAD ",
		"CONNECT ", "OPTIONS ", "DELETE ", "PATCH ", "TRACE " };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_casestarts(line, slice_str(names[i])))
			return 1;
	return 0;
}

static void
command(struct session *s, struct slice line)
{
	const struct verb *v;
	struct slice arg;

	switch (verb_match(verbs, sizeof(verbs) / sizeof(verbs[0]), s->state,
	    line, &v, &arg)) {
	case VERB_FOUND:
		(void)v->handler(s, arg);
		break;
	case VERB_UNKNOWN:
		if (s->commands == 1 && is_http(line))
			session_end(s, "554 5.5.0 this is not HTTP");
		else
			session_reply(s, "500 5.5.2 unknown command");
		break;
	case VERB_STATE:
		session_reply(s, "503 5.5.1 not now");
		break;
	case VERB_ARGUMENT:
		session_reply(s, "501 5.5.4 %s %s", v->name,
		    v->arity == VERB_NONE ? "takes no argument" :
		    "needs an argument");
		break;
	}
}

static void
take_line(struct session *s, const struct conn_line *line)
{
	s->commands++;
	if (s->trace)
		log_line("< %s", TEXT_SHOW(line->text));
	if ((line->flaws & CONN_LONG) != 0)
		session_reply(s, "500 5.5.2 the line is too long");
	else if (line->flaws != 0)
		session_reply(s, "500 5.5.2 a line ends in CRLF and holds no "
		    "other CR or LF, nor NUL");
	else
		command(s, line->text);
	if (!s->ended && s->errors >= LIMIT_ERRORS)
		session_end(s, "421 4.7.0 too many errors");
}

/* Waits at most for the idle time, and for the whole session not longer than
 * is left without a message accepted.  -1 where nothing is left: who always
 * has another command ready never makes us wait. */
static int
set_timeout(struct session *s)
{
	time_t left = s->progress + (time_t)s->conf->session_timeout + 1 -
	    session_clock(); /* begun seconds */
	time_t idle = (time_t)s->conf->idle_timeout;

	if (left <= 0)
		return -1;
	conn_timeout(s->conn, (unsigned)(left < idle ? left : idle));
	return 0;
}

static void
session_loop(struct session *s)
{
	struct conn_line line;
	struct fail f = { 0 };

	while (!s->ended) {
		if (set_timeout(s) == -1) {
			session_end(s, "421 4.4.2 no message for too long");
			break;
		}
		switch (conn_line(s->conn, LIMIT_COMMAND, CONN_COMMAND, &line,
		    &f)) {
		case CONN_LINE:
			take_line(s, &line);
			break;
		case CONN_STOPPED:
			session_end(s, "421 4.3.2 the server is shutting "
			    "down");
			break;
		case CONN_CLOSED:
			s->ended = 1;
			break;
		default:
			log_line("client=%s: %s", session_client(s), f.text);
			s->status = EX_TEMPFAIL;
			session_end(s, "421 4.4.2 %.200s", f.text);
			break;
		}
	}
}

int
session_run(const struct conf *conf, struct conn *c,
    const struct serve_peer *peer, int trace)
{
	struct session s = { .conf = conf, .conn = c, .peer = *peer,
		.trace = trace, .state = S_START };
	struct fail f = { 0 };

	s.progress = session_clock();
	if ((s.store = store_open(conf, conn_fd(c), &f)) == NULL) {
		log_line("%s", f.text);
		session_reply(&s, "421 4.3.0 %s cannot take mail now",
		    conf->hostname);
		(void)conn_flush(c, &f);
		return f.class;
	}
	session_reply(&s, "220 %s ESMTP mailpipe", conf->hostname);
	session_loop(&s);
	conn_timeout(c, 10);
	(void)conn_flush(c, &f);
	store_close(&s.store);
	return s.status;
}
