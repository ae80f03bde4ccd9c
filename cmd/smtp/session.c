/* SPDX-License-Identifier: ISC */
/* session: the server's side of SMTP, from the connection to its end; see
 * session.h.  What a client says is the matter of commands.c. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "allowance.h"
#include "assistant.h"
#include "chunk.h"
#include "commands.h"
#include "limits.h"
#include "log.h"
#include "narrowing.h"
#include "patience.h"
#include "proxyfrom.h"
#include "starttls.h"
#include "ticks.h"
#include "tls.h"
#include "workers.h"

enum {
	REPLY = 512, /* RFC 5321, 4.5.3.1.5 */
};

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
	s->recipients = s->relayed = 0;
	s->announced = 0;
	s->require_tls = 0;
	s->binary = s->body8 = s->utf8 = 0;
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

/* Idle time for each command, and for the whole session no more than is left
 * without a message accepted.  -1 where nothing is left: who always has
 * another command ready never makes us wait. */
static int
set_timeout(struct session *s)
{
	time_t left = s->progress + (time_t)s->conf->session_timeout + 1 -
	    ticks_seconds(); /* begun seconds */

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

void
session_allow_lf(struct session *s, struct conn_line *line)
{
	if (s->server->add && s->commands == 0)
		s->lf = (line->flaws & CONN_BARE_LF) != 0;
	if (s->lf)
		line->flaws &= ~(unsigned)CONN_BARE_LF;
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
		session_allow_lf(s, line);
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

		commands_take(s, &line);
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

static unsigned
how_to_store(const struct server *server)
{
	if (server->add)
		return STORE_QUEUE | STORE_ADD;
	return (server->lmtp ? STORE_EACH : 0) |
	    (server->queue ? STORE_QUEUE : 0) |
	    (is_worth_it(server) ? STORE_APART : 0);
}

void
session_help(const struct server *server, int socket)
{
	store_keep(&server->conf, how_to_store(server), socket);
}

struct session *
session_open(const struct server *server, struct fail *f)
{
	struct session *s = mem_alloc(sizeof(*s));

	*s = (struct session){ .server = server, .conf = &server->conf,
		.trace = server->trace, .state = S_START,
		.to = BUF(LIMIT_FILTER_TO), .dsn = DSN_START };
	s->store = store_open(s->conf, how_to_store(server),
	    workers_channel(), f);
	if (s->store == NULL ||
	    assistant_open(s->conf, &s->assistant, f) == -1 ||
	    narrowing_begin(s, f) == -1)
		session_free(&s);
	return s;
}

void
session_refuse(const struct server *server, struct conn *c)
{
	struct fail ignored;

	if (server->implicit)
		return;
	(void)buf_addf(conn_out(c), "421 4.3.0 %s cannot take mail now\r\n",
	    server->conf.hostname);
	(void)conn_flush(c, &ignored);
}

/* Whom a balancer names: 0, or -1 where that one is not served. */
static int
know_client(struct session *s, struct fail *f)
{
	int named = proxyfrom_read(s->conf, s->conn, &s->peer, f);
	const char *refusal = NULL;

	if (named == -1) {
		log_line("client=%s %s", session_client(s), f->text);
		s->status = f->class;
		return -1;
	}
	if (!named || (refusal = allowance_named(s)) == NULL)
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
	s->progress = ticks_seconds();
	if (know_client(s, &f) == 0 &&
	    (!s->server->implicit || starttls_begin(s) == 0))
		serve(s);
	status = s->status;
	session_free(opened);
	return status;
}
