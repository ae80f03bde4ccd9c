/* SPDX-License-Identifier: ISC */
/* entry: a session of POP3 until the client has logged in; see entry.h.  What
 * a client says is the matter of entryverbs.c. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "admission.h"
#include "confine.h"
#include "entry.h"
#include "entryverbs.h"
#include "log.h"
#include "proxyfrom.h"
#include "workers.h"

enum {
	REPLY = 512, /* RFC 2449, 4 */
	FAREWELL = 10, /* seconds for the last reply to be taken */
};

const char *
entry_client(const struct entry *e)
{
	return e->peer.address[0] == '\0' ? "local" : e->peer.address;
}

int
entry_is_private(const struct entry *e)
{
	return conn_tls(e->conn) != NULL || e->peer.local;
}

static void __attribute__((format(printf, 2, 0)))
put_reply(struct entry *e, const char *format, va_list ap)
{
	char line[REPLY - 1];

	(void)vsnprintf(line, sizeof(line), format, ap);
	if (e->server->trace)
		log_line("> %s", line);
	(void)buf_adds(conn_out(e->conn), line);
	(void)buf_adds(conn_out(e->conn), "\r\n");
}

void
entry_reply(struct entry *e, const char *format, ...)
{
	va_list ap;

	e->errors += format[0] == '-';
	va_start(ap, format);
	put_reply(e, format, ap);
	va_end(ap);
}

void
entry_fault(struct entry *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_reply(e, format, ap);
	va_end(ap);
}

void
entry_end(struct entry *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_reply(e, format, ap);
	va_end(ap);
	e->ended = 1;
}

/* Who is silent for too long is not told (RFC 1939, 3). */
static void
lost(struct entry *e, const struct fail *f)
{
	log_line("client=%s: %s", entry_client(e), f->text);
	e->status = EX_TEMPFAIL;
	e->ended = 1;
}

int
entry_line(struct entry *e, size_t limit, struct conn_line *line)
{
	struct fail f = { 0 };

	/* Replies to commands that came all at once. */
	if (conn_full(e->conn) && conn_flush(e->conn, &f) == -1) {
		lost(e, &f);
		return 0;
	}
	switch (conn_line(e->conn, limit, CONN_COMMAND, line, &f)) {
	case CONN_LINE:
		return 1;
	case CONN_STOPPED:
		entry_end(e, "-ERR [SYS/TEMP] the server is shutting down");
		break;
	case CONN_CLOSED:
		e->ended = 1;
		break;
	default:
		lost(e, &f);
		break;
	}
	return 0;
}

int
entry_shake_hands(struct entry *e, struct tls *t)
{
	struct fail f = { 0 };

	if (tlsservice_begin(e->conn, t, e->server->conf.pop3_idle_timeout,
	    &f) == -1) {
		log_line("client=%s no TLS: %s", entry_client(e), f.text);
		e->ended = 1;
		e->status = EX_TEMPFAIL;
		return -1;
	}
	if (e->server->trace)
		tlsservice_log(e->conn);
	conn_timeout(e->conn, e->server->conf.pop3_idle_timeout);
	return 0;
}

static void
entry_free(struct entry **e)
{
	gate_close(&(*e)->gate);
	free(*e);
	*e = NULL;
}

struct entry *
entry_open(const struct server *server, struct fail *f)
{
	struct entry *e = mem_alloc(sizeof(*e));
	struct fail later; /* it is told to who asks for TLS */

	e->server = server;
	e->state = E_START;
	e->gate = gate_open(server, workers_channel(), f);
	if (server->tls != NULL)
		(void)tlsserver_load(server->tls, &later);
	if (e->gate == NULL || confine_closed(f) == -1)
		entry_free(&e);
	return e;
}

void
entry_refuse(const struct server *server, struct conn *c)
{
	struct fail ignored;

	if (server->implicit)
		return;
	(void)buf_adds(conn_out(c),
	    "-ERR [SYS/TEMP] nobody can log in now\r\n");
	(void)conn_flush(c, &ignored);
}

/* Whom a balancer names: 0, or -1 where that one is not served. */
static int
know_client(struct entry *e)
{
	const struct server *s = e->server;
	struct fail f = { 0 };
	int named = proxyfrom_read(&s->conf, e->conn, &e->peer, &f);
	const char *why;

	if (named == -1) {
		log_line("client=%s %s", entry_client(e), f.text);
		e->status = f.class;
		return -1;
	}
	if (!named ||
	    (why = admission_named(&s->conf, s->rates, &e->peer)) == NULL)
		return 0;
	log_line("client=%s refused: %s", entry_client(e), why);
	if (!s->implicit)
		entry_end(e, "-ERR [SYS/TEMP] too many connections");
	(void)conn_flush(e->conn, &f);
	return -1;
}

static int
begin_tls(struct entry *e)
{
	struct fail f = { 0 };
	struct tls *t = tlsserver_session(e->server->tls, &f);

	if (t != NULL)
		return entry_shake_hands(e, t);
	log_line("client=%s no TLS: %s", entry_client(e), f.text);
	e->status = f.class;
	return -1;
}

/* From the greeting on, within the time of one that is idle: who has not
 * logged in has no business to be here for longer. */
static void
serve(struct entry *e)
{
	size_t limit = LIMIT_AUTH_LINE;
	struct conn_line line;
	struct fail ignored;

	entry_reply(e, "+OK %s mailpipe", e->server->conf.hostname);
	while (!e->ended && entry_line(e, limit, &line))
		entryverbs_take(e, &line);
	conn_end(e->conn, FAREWELL);
	(void)conn_flush(e->conn, &ignored);
}

int
entry_run(struct entry **opened, struct conn *c, const struct peer *peer)
{
	struct entry *e = *opened;
	unsigned idle = e->server->conf.pop3_idle_timeout;
	int status;

	e->conn = c;
	e->peer = *peer;
	conn_timeout(c, idle);
	conn_end(c, idle);
	if (know_client(e) == 0 &&
	    (!e->server->implicit || begin_tls(e) == 0))
		serve(e);
	status = e->status;
	entry_free(opened);
	return status;
}
