/* SPDX-License-Identifier: ISC */
/* smtp: the client's side of SMTP; see smtp.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "smtp.h"
#include "tls.h"

enum {
	COMMAND = 1024, /* the longest that is put here has some 300 bytes */
};

void
smtp_allow(struct smtp *s, unsigned seconds)
{
	s->wait = s->timeout != 0 ? s->timeout : seconds;
	conn_timeout(s->conn, s->wait);
}

void
smtp_put(struct smtp *s, const char *line)
{
	if (s->trace != NULL)
		s->trace('>', slice_str(line));
	(void)buf_adds(conn_out(s->conn), line);
	(void)buf_add(conn_out(s->conn), SLICE("\r\n"));
}

void
smtp_trace(void *ctx, struct slice line)
{
	struct smtp *s = ctx;

	if (s->trace != NULL)
		s->trace('<', line);
}

/* After the lines of a reply were read, or not; 421 is the end of the session
 * (RFC 5321, 3.8). */
static int
got(struct smtp *s, const struct reply *r, int rc, struct fail *f)
{
	conn_end(s->conn, 0);
	s->code = rc == 0 ? r->code : 0;
	if (rc == 0 && r->code != 421)
		return 0;
	s->dead = 1;
	return rc == 0 ? reply_fail(r, f) : fail_at(f, s->step);
}

int
smtp_get(struct smtp *s, struct reply *r, reply_each *each, struct fail *f)
{
	if (s->dead)
		return -1;
	/* For all lines of it, however many there are. */
	conn_end(s->conn, s->wait);
	return got(s, r, reply_read(s->conn, r, each, s, f), f);
}

int
smtp_broken(struct smtp *s, const struct reply *r, const char *command,
    struct fail *f)
{
	s->dead = 1;
	return fail_set(f, EX_PROTOCOL, "%u in answer to %s", r->code, command);
}

static const struct {
	const char *name;
	unsigned offer;
} keywords[] = {
	{ "8BITMIME", SMTP_8BITMIME },
	{ "BINARYMIME", SMTP_BINARYMIME },
	{ "CHUNKING", SMTP_CHUNKING },
	{ "DSN", SMTP_DSN },
	{ "PIPELINING", SMTP_PIPELINING },
	{ "REQUIRETLS", SMTP_REQUIRETLS },
	{ "SIZE", SMTP_SIZE },
	{ "SMTPUTF8", SMTP_UTF8 },
	{ "STARTTLS", SMTP_STARTTLS },
};

static void
learn_mechanisms(struct smtp *s, struct slice names)
{
	memset(s->mechanisms, 0, sizeof(s->mechanisms));
	if (names.n > 0)
		memcpy(s->mechanisms, names.p, names.n);
}

/* A keyword line of EHLO (RFC 5321, 4.1.1.1). */
static void
learn(void *ctx, struct slice line)
{
	struct smtp *s = ctx;
	struct reply_line part;
	struct slice word, value;
	size_t i;

	smtp_trace(ctx, line);
	if (reply_split(line, &part) == -1 || !slice_word(&part.text, &word))
		return;
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (slice_caseeq(word, slice_str(keywords[i].name)))
			s->offers |= keywords[i].offer;
	smtplimits_learn(&s->limits, word, part.text);
	if (slice_caseeq(word, SLICE("AUTH")) && part.text.n <
	    sizeof(s->mechanisms))
		learn_mechanisms(s, slice_trim(part.text));
	if (slice_caseeq(word, SLICE("SIZE"))) {
		if (slice_word(&part.text, &value))
			(void)slice_uint(value, 0, UINT64_MAX, &s->size_limit);
	}
}

static void
forget(struct smtp *s)
{
	s->offers = 0;
	s->size_limit = 0;
	memset(&s->limits, 0, sizeof(s->limits));
	s->mechanisms[0] = '\0';
}

static int
say_hello(struct smtp *s, const char *helo, struct fail *f)
{
	char line[COMMAND];
	struct reply r;

	forget(s);
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	s->step = s->lmtp ? "LHLO" : "EHLO";
	(void)snprintf(line, sizeof(line), "%s %.255s", s->step, helo);
	smtp_put(s, line);
	if (smtp_get(s, &r, learn, f) == -1)
		return -1;
	if (r.code == 250) {
		s->offers |= SMTP_ESMTP;
		return 0;
	}
	forget(s);
	if (r.code / 100 == 5 && !s->lmtp) {
		s->step = "HELO";
		(void)snprintf(line, sizeof(line), "HELO %.255s", helo);
		smtp_put(s, line);
		if (smtp_get(s, &r, smtp_trace, f) == -1)
			return -1;
		if (r.code == 250)
			return 0;
	}
	return reply_class(&r) == 0 ?
	    fail_set(f, EX_PROTOCOL, "%u in answer to %s",
	    r.code, s->lmtp ? "LHLO" : "HELO") :
	    reply_fail(&r, f);
}

int
smtp_open(struct smtp *s, struct conn *c, const char *helo, struct fail *f)
{
	struct reply r;

	s->conn = c;
	s->opened = s->dead = s->reset = s->waiting = 0;
	s->step = "greeting";
	smtp_allow(s, LIMIT_GREETING);
	if (smtp_get(s, &r, smtp_trace, f) == -1)
		return -1;
	if (r.code != 220)
		return reply_class(&r) == 0 ?
		    fail_set(f, EX_PROTOCOL, "%u as greeting", r.code) :
		    reply_fail(&r, f);
	if (say_hello(s, helo, f) == -1)
		return -1;
	s->opened = 1;
	return 0;
}

int
smtp_start_tls(struct smtp *s, struct tls *t, const char *helo, struct fail *f)
{
	struct reply r;

	s->step = "STARTTLS";
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	smtp_put(s, s->step);
	if (smtp_get(s, &r, smtp_trace, f) == -1) {
		tls_close(&t);
		return -1;
	}
	if (r.code != 220) {
		tls_close(&t);
		if (r.code < 400)
			return smtp_broken(s, &r, "STARTTLS", f);
		(void)reply_fail(&r, f);
		return 1;
	}
	smtp_allow(s, LIMIT_HANDSHAKE);
	if (conn_start_tls(s->conn, t, f) == -1) {
		s->dead = 1;
		return -1;
	}
	return say_hello(s, helo, f);
}

int
smtp_say_auth(struct smtp *s, const struct smtp_auth *a, struct reply *r,
    struct fail *f)
{
	struct buf *out = conn_out(s->conn);
	int rc;

	memset(r, 0, sizeof(*r));
	s->step = "AUTH";
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	if (s->trace != NULL)
		s->trace('>', slice_str(a->shown));
	(void)buf_add(out, a->line);
	conn_end(s->conn, s->wait);
	rc = conn_flush(s->conn, f);
	buf_wipe(out);
	if (rc == 0)
		rc = reply_read_auth(s->conn, r, a->each, a->ctx, f);
	return got(s, r, rc, f);
}

void
smtp_quit(struct smtp *s)
{
	struct fail ignored;

	if (s->conn == NULL || s->dead)
		return;
	smtp_put(s, "QUIT");
	conn_timeout(s->conn, 5);
	(void)conn_flush(s->conn, &ignored);
}

void
smtp_close(struct smtp *s)
{
	conn_close(&s->conn);
	buf_free(&s->chunk);
	s->dead = 1;
}
