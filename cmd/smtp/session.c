/* SPDX-License-Identifier: ISC */
/* session: the server's side of SMTP, commands and replies; see session.h.
 * What comes between 354 and the final dot is in data.c. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assistant.h"
#include "auth.h"
#include "chunk.h"
#include "clients.h"
#include "confined.h"
#include "data.h"
#include "envelope.h"
#include "limits.h"
#include "log.h"
#include "patience.h"
#include "proxied.h"
#include "starttls.h"
#include "submission.h"
#include "text.h"
#include "tls.h"
#include "verb.h"
#include "xclient.h"

enum {
	REPLY = 512, /* RFC 5321, 4.5.3.1.5 */
	S_ANY = S_START | S_HELLO | S_MAIL | S_RCPT | S_CHUNK,
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

const char *
session_tls(const struct session *s)
{
	const struct tls *t = conn_tls(s->conn);

	return t == NULL ? "none" : tls_facts(t)->version;
}

/* A reply that counts as a mistake of the client.  A server that hands over by
 * LMTP has taken the mail, and need not know who is here. */
static int
is_mistake(const struct session *s, const char *line)
{
	return line[0] == '5' && !(s->server->lmtp &&
	    strncmp(line, "550 5.1.1 ", 10) == 0);
}

static void __attribute__((format(printf, 2, 0)))
put_reply(struct session *s, const char *format, va_list ap)
{
	char line[REPLY], *p;

	(void)vsnprintf(line, sizeof(line) - 2, format, ap);
	for (p = line; *p != '\0'; p++)
		if ((unsigned char)*p >= 127) /* RFC 5321, 4.2: ASCII */
			*p = '?';
	if (is_mistake(s, line))
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
	chunk_forget(s);
	s->sender[0] = s->first[0] = '\0';
	s->recipients = 0;
	s->announced = 0;
	s->require_tls = 0;
	s->binary = s->utf8 = 0;
	buf_clear(&s->to);
	dsn_forget(&s->dsn);
	if (s->state != S_START)
		s->state = S_HELLO;
}

void
session_anew(struct session *s)
{
	s->state = S_START;
	session_reset(s);
	s->helo[0] = '\0';
	s->user[0] = '\0';
	s->esmtp = 0;
	s->commands = 0;
}

void
session_greet(struct session *s)
{
	session_reply(s, "220 %s %s mailpipe", s->conf->hostname,
	    s->server->lmtp ? "LMTP" : "ESMTP");
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

/* RFC 2033, 4.1: LHLO in place of both. */
static int
is_other_protocol(struct session *s, int lmtp)
{
	if (s->server->lmtp == lmtp)
		return 0;
	session_reply(s, "500 5.5.1 %s", lmtp ? "this is SMTP: say EHLO" :
	    "this is LMTP: say LHLO");
	return 1;
}

static void
do_helo(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	if (!is_other_protocol(s, 0) && hello(s, arg, 0) == 0)
		session_reply(s, "250 %s", s->conf->hostname);
}

/* RFC 9422.  With LMTP each mailbox is an owner of its own (store.h). */
static unsigned
most_recipients(const struct session *s)
{
	return s->server->lmtp && s->conf->max_recipients > LIMIT_OWNERS ?
	    LIMIT_OWNERS : s->conf->max_recipients;
}

static void
extended_hello(struct session *s, struct slice arg)
{
	if (hello(s, arg, 1) == -1)
		return;
	session_reply(s, "250-%s", s->conf->hostname);
	session_reply(s, "250-PIPELINING");
	session_reply(s, "250-SIZE %" PRIu64, s->conf->max_message_size);
	session_reply(s, "250-8BITMIME");
	session_reply(s, "250-BINARYMIME");
	session_reply(s, "250-CHUNKING");
	session_reply(s, "250-ENHANCEDSTATUSCODES");
	if (dsn_is_offered(s))
		session_reply(s, "250-DSN");
	session_reply(s, "250-LIMITS RCPTMAX=%u", most_recipients(s));
	session_reply(s, "250-SMTPUTF8");
	if (s->server->tls != NULL && conn_tls(s->conn) == NULL &&
	    !s->renamed)
		session_reply(s, "250-STARTTLS");
	if (conn_tls(s->conn) != NULL)
		session_reply(s, "250-REQUIRETLS");
	xclient_offer(s);
	auth_offer(s);
	session_reply(s, "250 HELP");
}

static void
do_ehlo(void *ctx, struct slice arg)
{
	if (!is_other_protocol(ctx, 0))
		extended_hello(ctx, arg);
}

static void
do_lhlo(void *ctx, struct slice arg)
{
	if (!is_other_protocol(ctx, 1))
		extended_hello(ctx, arg);
}

static void
do_data(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	/* Who does not wait for 354 does not know what it will be told, and
	 * what it sent may be meant for somebody else. */
	if (conn_pending(s->conn))
		session_end(s, "554 5.5.0 the message came before 354");
	else if (s->binary) /* RFC 3030, 3 */
		session_reply(s, "503 5.5.1 a binary message comes by BDAT");
	else if (s->recipients == 0)
		session_reply(s, "%s 5.5.1 no recipient was accepted",
		    s->server->lmtp ? "503" : "554"); /* RFC 2033, 4.2 */
	else
		data_receive(s);
}

static void
do_rset(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_reset(s);
	session_reply(s, "250 2.0.0 forgotten");
}

static void
do_noop(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "250 2.0.0 here");
}

static void
do_vrfy(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "252 2.5.0 send mail and see");
}

static void
do_help(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_reply(s, "214 2.0.0 %s STARTTLS AUTH MAIL RCPT DATA BDAT RSET "
	    "NOOP VRFY HELP QUIT: see smtpd-inetd(8)",
	    s->server->lmtp ? "LHLO" : "HELO EHLO");
}

static void
do_quit(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_end(s, "221 2.0.0 %s", s->conf->hostname);
}

static const struct verb verbs[] = { /* RFC 5321, 4.1.1 */
	/* name   states                   arity      secret handler */
	{ "AUTH", S_HELLO,                 VERB_MUST, 1,     auth },
	{ "BDAT", S_ANY,                   VERB_MAY,  0,     chunk_receive },
	{ "DATA", S_MAIL | S_RCPT,         VERB_NONE, 0,     do_data },
	{ "EHLO", S_ANY,                   VERB_MUST, 0,     do_ehlo },
	{ "HELO", S_ANY,                   VERB_MUST, 0,     do_helo },
	{ "HELP", S_ANY,                   VERB_MAY,  0,     do_help },
	{ "LHLO", S_ANY,                   VERB_MUST, 0,     do_lhlo },
	{ "MAIL", S_HELLO,                 VERB_MUST, 0,     submission_mail },
	{ "NOOP", S_ANY,                   VERB_MAY,  0,     do_noop },
	{ "QUIT", S_ANY,                   VERB_NONE, 0,     do_quit },
	{ "RCPT", S_MAIL | S_RCPT,         VERB_MUST, 0,     envelope_rcpt },
	{ "RSET", S_ANY,                   VERB_NONE, 0,     do_rset },
	{ "STARTTLS", S_ANY,               VERB_NONE, 0,     starttls },
	{ "VRFY", S_ANY,                   VERB_MUST, 0,     do_vrfy },
	{ "XCLIENT", S_START | S_HELLO,    VERB_MUST, 0,     xclient },
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
	const struct verb *v = NULL;
	enum verb_result result;
	struct slice arg;

	result = verb_match(verbs, sizeof(verbs) / sizeof(verbs[0]), s->state,
	    line, &v, &arg);
	if (s->trace && v != NULL && v->secret)
		log_line("< %s ***", v->name);
	else if (s->trace)
		log_line("< %s", TEXT_SHOW(line));
	switch (result) {
	case VERB_FOUND:
		v->handler(s, arg);
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

/* What is wrong with a line that is no command; NULL: nothing. */
static const char *
wrong_with(const struct conn_line *line)
{
	if ((line->flaws & CONN_LONG) != 0 || (line->text.n > LIMIT_COMMAND &&
	    !slice_casestarts(line->text, SLICE("AUTH "))))
		return "500 5.5.2 the line is too long";
	return line->flaws == 0 ? NULL : "500 5.5.2 a line ends in CRLF and "
	    "holds no other CR or LF, nor NUL";
}

static void
take_line(struct session *s, const struct conn_line *line)
{
	const char *wrong = wrong_with(line);

	s->commands++;
	if (wrong == NULL)
		command(s, line->text);
	/* What a bad BDAT counts is not known, and would be read as
	 * commands. */
	else if (slice_casestarts(line->text, SLICE("BDAT")))
		session_end(s, "%s", wrong);
	else
		session_reply(s, "%s", wrong);
	if (!s->ended && s->errors >= LIMIT_ERRORS)
		session_end(s, "421 4.7.0 too many errors");
}

/* Idle time for each command, and for the whole session no more than is left
 * without a message accepted.  -1 where nothing is left: who always has
 * another command ready never makes us wait. */
static int
set_timeout(struct session *s)
{
	time_t left = s->progress + (time_t)s->conf->session_timeout + 1 -
	    session_clock(); /* begun seconds */

	if (left <= 0)
		return -1;
	conn_timeout(s->conn, s->conf->idle_timeout);
	conn_end(s->conn, (unsigned)left);
	return 0;
}

static void
lost(struct session *s, const struct fail *f)
{
	log_line("client=%s: %s", session_client(s), f->text);
	s->status = EX_TEMPFAIL;
	session_end(s, "421 4.4.2 %.200s", f->text);
}

int
session_line(struct session *s, size_t limit, struct conn_line *line)
{
	struct fail f = { 0 };

	if (set_timeout(s) == -1) {
		session_end(s, "421 4.4.2 no message for too long");
		return 0;
	}
	/* Replies to commands that came all at once. */
	if (conn_full(s->conn) && conn_flush(s->conn, &f) == -1) {
		lost(s, &f);
		return 0;
	}
	switch (conn_line(s->conn, limit, CONN_COMMAND, line, &f)) {
	case CONN_LINE:
		return 1;
	case CONN_STOPPED:
		session_end(s, "421 4.3.2 the server is shutting down");
		break;
	case CONN_CLOSED:
		s->ended = 1;
		break;
	default:
		lost(s, &f);
		break;
	}
	return 0;
}

/* AUTH alone may be so long (RFC 4954, 4). */
static void
session_loop(struct session *s)
{
	size_t limit = s->server->submission ? LIMIT_AUTH_LINE : LIMIT_COMMAND;
	struct conn_line line;

	while (!s->ended && session_line(s, limit, &line)) {
		unsigned errors = s->errors;

		take_line(s, &line);
		patience_mistake(s, errors);
	}
}

/* From the greeting on. */
static void
serve(struct session *s)
{
	struct fail ignored;

	if (!patience_early(s)) {
		session_greet(s);
		session_loop(s);
	}
	conn_end(s->conn, 10);
	(void)conn_flush(s->conn, &ignored);
}

/* One more process for a session that nobody has waited for, or where users say
 * their passwords; for each of many short ones it would cost a quarter more. */
static int
is_worth_it(const struct server *server)
{
	return server->listens || server->submission;
}

struct session *
session_open(const struct server *server)
{
	struct session *s = mem_alloc(sizeof(*s));
	struct fail f = { 0 };

	*s = (struct session){ .server = server, .conf = &server->conf,
		.trace = server->trace, .state = S_START,
		.to = BUF(LIMIT_FILTER_TO), .dsn = DSN_START };
	s->store = store_open(s->conf, (server->lmtp ? STORE_EACH : 0) |
	    (is_worth_it(server) ? STORE_APART : 0), &f);
	if (s->store == NULL ||
	    assistant_open(s->conf, &s->assistant, &f) == -1 ||
	    confined_begin(s, &f) == -1) {
		log_line("%s", f.text);
		s->status = f.class;
	}
	return s;
}

static void
session_free(struct session **s)
{
	chunk_forget(*s);
	assistant_close(&(*s)->assistant);
	store_close(&(*s)->store);
	buf_free(&(*s)->to);
	dsn_free(&(*s)->dsn);
	free(*s);
	*s = NULL;
}

/* There is no session, for a reason that the log has. */
static void
turn_away(struct session *s)
{
	struct fail ignored;

	if (s->server->implicit)
		return;
	session_reply(s, "421 4.3.0 %s cannot take mail now",
	    s->conf->hostname);
	(void)conn_flush(s->conn, &ignored);
}

/* Whom a balancer names: 0, or -1 where that one is not served. */
static int
know_client(struct session *s, struct fail *f)
{
	int named = proxied(s->conf, s->conn, &s->peer, f);
	const char *refusal = NULL;

	if (named == -1) {
		log_line("client=%s %s", session_client(s), f->text);
		s->status = f->class;
		return -1;
	}
	if (!named || (refusal = clients_named(s)) == NULL)
		return 0;
	if (!s->server->implicit)
		session_reply(s, "%s", refusal);
	(void)conn_flush(s->conn, f);
	return -1;
}

int
session_run(struct session **opened, struct conn *c, const struct peer *peer)
{
	struct session *s = *opened;
	struct fail f = { 0 };
	int status;

	s->conn = c;
	s->peer = *peer;
	s->progress = session_clock();
	if (s->status != 0)
		turn_away(s);
	else if (know_client(s, &f) == 0 &&
	    (!s->server->implicit || starttls_begin(s) == 0))
		serve(s);
	status = s->status;
	session_free(opened);
	return status;
}
