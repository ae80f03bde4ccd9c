/* SPDX-License-Identifier: ISC */
/* smtp: the client's side of SMTP; see smtp.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "smtp.h"
#include "tls.h"

enum {
	COMMAND = 1024, /* the longest that is put here has some 600 bytes */
};

static void
allow(struct smtp *s, unsigned seconds)
{
	s->wait = s->timeout != 0 ? s->timeout : seconds;
	conn_timeout(s->conn, s->wait);
}

/* Puts a command, its CRLF added. */
static void
put(struct smtp *s, const char *line)
{
	if (s->trace != NULL)
		s->trace('>', slice_str(line));
	(void)buf_adds(conn_out(s->conn), line);
	(void)buf_add(conn_out(s->conn), SLICE("\r\n"));
}

static void
trace_line(void *ctx, struct slice line)
{
	struct smtp *s = ctx;

	if (s->trace != NULL)
		s->trace('<', line);
}

/* Gets a reply; 421 is the end of the session (RFC 5321, 3.8). */
static int
get(struct smtp *s, struct reply *r, reply_each *each, struct fail *f)
{
	int rc;

	if (s->dead)
		return -1;
	/* For all lines of it, however many there are. */
	conn_end(s->conn, s->wait);
	rc = reply_read(s->conn, r, each, s, f);
	conn_end(s->conn, 0);
	if (rc == 0 && r->code != 421)
		return 0;
	if (r->code == 421)
		(void)reply_fail(r, f);
	s->dead = 1;
	return -1;
}

/* An answer that the command cannot have: nobody knows what the server waits
 * for now. */
static int
broken(struct smtp *s, const struct reply *r, const char *command,
    struct fail *f)
{
	s->dead = 1;
	return fail_set(f, EX_PROTOCOL, "%u in answer to %s", r->code, command);
}

/* A keyword line of EHLO (RFC 5321, 4.1.1.1). */
static void
learn(void *ctx, struct slice line)
{
	struct smtp *s = ctx;
	struct reply_line part;
	struct slice word, value;

	trace_line(ctx, line);
	if (reply_split(line, &part) == -1 || !slice_word(&part.text, &word))
		return;
	if (slice_caseeq(word, SLICE("PIPELINING")))
		s->offers |= SMTP_PIPELINING;
	if (slice_caseeq(word, SLICE("8BITMIME")))
		s->offers |= SMTP_8BITMIME;
	if (slice_caseeq(word, SLICE("STARTTLS")))
		s->offers |= SMTP_STARTTLS;
	if (slice_caseeq(word, SLICE("SIZE"))) {
		s->offers |= SMTP_SIZE;
		if (slice_word(&part.text, &value))
			(void)slice_uint(value, 0, UINT64_MAX, &s->size_limit);
	}
}

static int
say_hello(struct smtp *s, const char *helo, struct fail *f)
{
	char line[COMMAND];
	struct reply r;

	s->offers = 0;
	s->size_limit = 0;
	allow(s, LIMIT_COMMAND_REPLY);
	(void)snprintf(line, sizeof(line), "EHLO %.255s", helo);
	put(s, line);
	if (get(s, &r, learn, f) == -1)
		return -1;
	if (r.code == 250) {
		s->offers |= SMTP_ESMTP;
		return 0;
	}
	s->offers = 0;
	s->size_limit = 0;
	if (r.code / 100 == 5) {
		(void)snprintf(line, sizeof(line), "HELO %.255s", helo);
		put(s, line);
		if (get(s, &r, trace_line, f) == -1)
			return -1;
		if (r.code == 250)
			return 0;
	}
	return reply_class(&r) == 0 ?
	    fail_set(f, EX_PROTOCOL, "%u in answer to HELO", r.code) :
	    reply_fail(&r, f);
}

int
smtp_open(struct smtp *s, struct conn *c, const char *helo, struct fail *f)
{
	struct reply r;

	s->conn = c;
	s->dead = s->reset = s->waiting = 0;
	allow(s, LIMIT_GREETING);
	if (get(s, &r, trace_line, f) == -1)
		return -1;
	if (r.code != 220)
		return reply_class(&r) == 0 ?
		    fail_set(f, EX_PROTOCOL, "%u as greeting", r.code) :
		    reply_fail(&r, f);
	return say_hello(s, helo, f);
}

int
smtp_start_tls(struct smtp *s, struct tls *t, const char *helo, struct fail *f)
{
	struct reply r;

	allow(s, LIMIT_COMMAND_REPLY);
	put(s, "STARTTLS");
	if (get(s, &r, trace_line, f) == -1) {
		tls_close(&t);
		return -1;
	}
	if (r.code != 220) {
		tls_close(&t);
		if (r.code < 400)
			return broken(s, &r, "STARTTLS", f);
		(void)reply_fail(&r, f);
		return 1;
	}
	allow(s, LIMIT_HANDSHAKE);
	if (conn_start_tls(s->conn, t, f) == -1) {
		s->dead = 1;
		return -1;
	}
	return say_hello(s, helo, f);
}

static void
put_mail(struct smtp *s, const struct smtp_envelope *e)
{
	char line[COMMAND];
	int n;

	n = snprintf(line, sizeof(line), "MAIL FROM:<%.*s>",
	    SLICE_ARG(e->sender));
	if (e->size > 0 && (s->offers & SMTP_SIZE) != 0)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    " SIZE=%" PRIu64, e->size);
	if (e->eight_bit && (s->offers & SMTP_8BITMIME) != 0)
		(void)snprintf(line + n, sizeof(line) - (size_t)n,
		    " BODY=8BITMIME");
	put(s, line);
}

static void
put_rcpt(struct smtp *s, struct slice to)
{
	char line[COMMAND];

	(void)snprintf(line, sizeof(line), "RCPT TO:<%.*s>", SLICE_ARG(to));
	put(s, line);
}

void
smtp_put_envelope(struct smtp *s, const struct smtp_envelope *e)
{
	size_t i;

	if ((s->offers & SMTP_PIPELINING) == 0)
		return;
	if (s->reset)
		put(s, "RSET");
	put_mail(s, e);
	for (i = 0; i < e->nto; i++)
		put_rcpt(s, e->to[i]);
	put(s, "DATA");
}

/* Old servers say 552 where 452 is meant. */
static void
correct_too_many(struct reply *r)
{
	if (r->code != 552 || (r->enhanced[0] != '\0' &&
	    strcmp(r->enhanced, "5.5.3") != 0))
		return;
	r->code = 452;
	if (r->enhanced[0] != '\0')
		r->enhanced[0] = '4';
}

/* Gets the replies up to the recipients': how many are accepted, or -1. */
static int
get_recipients(struct smtp *s, const struct smtp_envelope *e,
    struct reply *to, int lockstep, struct fail *f)
{
	struct reply mail;
	int accepted = 0;
	size_t i;

	if (lockstep)
		put_mail(s, e);
	if (get(s, &mail, trace_line, f) == -1)
		return -1;
	for (i = 0; i < e->nto; i++) {
		if (reply_class(&mail) != 0 && lockstep) {
			to[i] = mail;
			continue;
		}
		if (lockstep)
			put_rcpt(s, e->to[i]);
		if (get(s, &to[i], trace_line, f) == -1)
			return -1;
		correct_too_many(&to[i]);
		if (reply_class(&mail) != 0)
			to[i] = mail;
		accepted += reply_class(&to[i]) == 0;
	}
	s->reset = reply_class(&mail) == 0;
	return accepted;
}

int
smtp_get_envelope(struct smtp *s, const struct smtp_envelope *e,
    struct reply *to, struct fail *f)
{
	int lockstep = (s->offers & SMTP_PIPELINING) == 0, accepted;
	struct reply data, reset;
	size_t i;

	memset(to, 0, e->nto * sizeof(*to));
	allow(s, LIMIT_COMMAND_REPLY);
	if (s->reset && lockstep)
		put(s, "RSET");
	if (s->reset && get(s, &reset, trace_line, f) == -1)
		return -1;
	accepted = get_recipients(s, e, to, lockstep, f);
	if (accepted == -1 || (accepted == 0 && lockstep))
		return accepted;
	if (lockstep)
		put(s, "DATA");
	allow(s, LIMIT_DATA_REPLY);
	if (get(s, &data, trace_line, f) == -1)
		return -1;
	if (data.code == 354) {
		memset(&s->dot, 0, sizeof(s->dot));
		s->waiting = 1;
		return accepted;
	}
	if (data.code < 400)
		return broken(s, &data, "DATA", f);
	for (i = 0; i < e->nto; i++)
		if (reply_class(&to[i]) == 0)
			to[i] = data;
	return 0;
}

int
smtp_put_data(struct smtp *s, struct slice piece, struct fail *f)
{
	struct slice part;

	while (piece.n > 0) {
		part = slice_sub(piece, 0, CONN_FULL);
		piece = slice_sub(piece, part.n, piece.n);
		if (conn_full(s->conn)) {
			allow(s, LIMIT_DATA_BLOCK);
			if (conn_flush(s->conn, f) == -1) {
				s->dead = 1;
				return -1;
			}
		}
		(void)dot_encode(&s->dot, part, conn_out(s->conn));
	}
	return 0;
}

void
smtp_put_dot(struct smtp *s)
{
	(void)dot_end(&s->dot, conn_out(s->conn));
	s->reset = s->waiting = 0;
}

int
smtp_get_dot(struct smtp *s, struct reply *r, struct fail *f)
{
	allow(s, LIMIT_DOT_REPLY);
	if (get(s, r, trace_line, f) == -1)
		return -1;
	return r->code / 100 == 3 ? broken(s, r, "the message", f) : 0;
}

int
smtp_abandon(struct smtp *s, struct fail *f)
{
	struct reply r;

	if (!s->waiting)
		return 0;
	smtp_put_dot(s);
	return smtp_get_dot(s, &r, f);
}

void
smtp_quit(struct smtp *s)
{
	struct fail ignored;

	if (s->conn == NULL || s->dead)
		return;
	put(s, "QUIT");
	conn_timeout(s->conn, 5);
	(void)conn_flush(s->conn, &ignored);
}

void
smtp_close(struct smtp *s)
{
	conn_close(&s->conn);
	s->dead = 1;
}
