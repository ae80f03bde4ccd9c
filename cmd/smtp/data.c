/* SPDX-License-Identifier: ISC */
/*
 * data: the text of a message, from 354 to the reply (RFC 5321, 4.1.1.4).
 *
 * The text ends at CRLF.CRLF and at nothing else.  What is wrong with it is
 * noted, and it is read to its true end all the same, so that no byte of a
 * message can become a command.
 */

#include <errno.h>
#include <string.h>

#include "data.h"
#include "dot.h"
#include "filters.h"
#include "hdr.h"
#include "letterhead.h"
#include "limits.h"
#include "lmtp.h"
#include "log.h"
#include "reports.h"
#include "submission.h"
#include "text.h"
#include "ticks.h"
#include "tls.h"
#include "trace.h"

void
data_refuse(struct reception *r, const char *reply)
{
	if (r->refusal != NULL)
		return;
	r->refusal = reply;
	store_abort(r->session->store);
	/* What is of no use any more must not go on for ever. */
	conn_end(r->session->conn, r->session->conf->idle_timeout);
}

/* A message without a header at all: its text must not become one with the
 * trace fields, nor its first line a fold of theirs. */
static int
begins_without_header(const struct reception *r, struct slice line)
{
	struct slice name;

	if (r->fields > 0 || slice_starts(line, SLICE("From ")))
		return 0;
	return line.p[0] == ' ' || line.p[0] == '\t' ||
	    !slice_until(&line, ':', &name) || !hdr_name_ok(slice_trim(name));
}

/* A message that was delivered to this address before (RFC 9228, 4).  With
 * several recipients none of them is named in a message, and Received alone
 * finds loops.  What hands over by LMTP may have said it of this very delivery,
 * above its own Received (OpenSMTPD). */
static int
was_delivered(const struct reception *r, struct slice line)
{
	const struct session *s = r->session;

	return s->recipients == 1 && s->relayed == 0 &&
	    (!s->server->lmtp || r->hops > 0) &&
	    slice_casestarts(line, SLICE("Delivered-To:")) &&
	    slice_caseeq(slice_trim(slice_sub(line, 13, line.n)),
	    slice_str(s->first));
}

/* The header is at its end. */
static void
end_header(struct reception *r)
{
	struct buf more = BUF(LIMIT_HEADER_FIELD);

	r->in_body = 1;
	if (r->refusal == NULL) {
		submission_complete(r->session, r->id, r->seen, &more);
		if (more.n > 0)
			filters_put(&r->filters, buf_slice(&more));
	}
	buf_free(&more);
}

/* A line of the header: loops, and headers without end. */
static void
look_at_header(struct reception *r, struct slice line)
{
	if (line.n == 0) {
		end_header(r);
		return;
	}
	if (begins_without_header(r, line)) {
		end_header(r);
		if (r->refusal == NULL)
			filters_put(&r->filters, SLICE("\n"));
		return;
	}
	r->header += line.n + 1; /* as it is stored */
	dsn_header_line(&r->session->dsn, line);
	if (line.p[0] != ' ' && line.p[0] != '\t') {
		r->fields++;
		r->seen |= letterhead_field(line);
	}
	if (slice_casestarts(line, SLICE("Received:")))
		r->hops++;
	if (was_delivered(r, line))
		data_refuse(r, "554 5.4.6 the message was here before: this "
		    "is a mail loop");
	if (r->hops > LIMIT_HOPS)
		data_refuse(r, "554 5.4.6 too many hops: this is a mail loop");
	if (r->header > LIMIT_HEADER || r->fields > LIMIT_HEADER_FIELDS)
		data_refuse(r,
		    "554 5.6.0 the header of the message is too long");
}

static void
refuse_flawed(struct reception *r, const struct conn_line *line)
{
	r->size += line->text.n + 2;
	data_refuse(r, (line->flaws & CONN_LONG) != 0 ?
	    DATA_LONG : DATA_BARE);
}

void
data_count(struct reception *r, size_t n)
{
	r->size += n;
	if (r->size > r->session->conf->max_message_size)
		data_refuse(r, "552 5.3.4 the message is too long");
}

void
data_line(struct reception *r, struct slice line)
{
	if (!r->counted)
		data_count(r, line.n + 2);
	if (!r->in_body)
		look_at_header(r, line);
	if (r->refusal != NULL)
		return;
	filters_put(&r->filters, line);
	filters_put(&r->filters, SLICE("\n"));
}

/* A floor on the data rate: who sends a byte a minute is let go. */
int
data_timeout(struct reception *r, struct fail *f)
{
	struct session *s = r->session;
	time_t idle = (time_t)s->conf->idle_timeout;
	time_t end = r->start + idle + (time_t)(r->size / LIMIT_DATA_RATE);
	time_t left = end + 1 - ticks_seconds(); /* begun seconds */

	if (left <= 0)
		return fail_set(f, EX_TEMPFAIL,
		    "less than %d bytes a second", LIMIT_DATA_RATE);
	conn_timeout(s->conn, (unsigned)(left < idle ? left : idle));
	return 0;
}

/* No message needs more time than the longest one at the least rate. */
static void
set_end(struct session *s)
{
	uint64_t most = s->conf->max_message_size / LIMIT_DATA_RATE +
	    s->conf->idle_timeout;

	conn_end(s->conn, most < INT32_MAX ? (unsigned)most : INT32_MAX);
}

/* The next line of the text, as conn_line. */
static int
next_line(struct reception *r, struct conn_line *line, struct fail *f)
{
	struct session *s = r->session;
	int rc;

	if (data_timeout(r, f) == -1)
		return CONN_FAILED;
	rc = conn_line(s->conn, LIMIT_TEXT_LINE, s->lf ? CONN_LF : CONN_DATA,
	    line, f);
	if (rc == CONN_LINE)
		session_allow_lf(s, line);
	return rc;
}

/* Why no more came: without close_notify it need not have been the client. */
static const char *
closed_by(const struct session *s)
{
	const struct tls *t = conn_tls(s->conn);

	return t != NULL && tls_truncated(t) ?
	    "cut off by the peer or somebody else" : "closed by the peer";
}

void
data_lost(struct session *s, int rc, const struct fail *f)
{
	log_line("client=%s lost in DATA: %s", session_client(s),
	    rc == CONN_CLOSED ? closed_by(s) : f->text);
	s->status = EX_TEMPFAIL;
	if (rc == CONN_FAILED)
		session_end(s, "421 4.4.2 %.200s", f->text);
	s->ended = 1;
}

/* What comes of the body in one piece. */
static void
take_plain_lines(struct reception *r)
{
	struct slice text;
	size_t lines = conn_plain_lines(r->session->conn, LIMIT_TEXT_LINE,
	    &text);

	if (lines == 0)
		return;
	data_count(r, text.n + lines);
	if (r->refusal == NULL)
		filters_put(&r->filters, text);
}

/* Reads to the end of the text: 0, or -1 where the connection is over. */
static int
receive(struct reception *r)
{
	struct fail f = { 0 };
	struct conn_line line;
	int rc;

	while ((rc = next_line(r, &line, &f)) == CONN_LINE) {
		if (line.flaws != 0)
			refuse_flawed(r, &line);
		else if (slice_eq(line.text, SLICE(".")))
			return 0;
		else
			data_line(r, dot_decode(line.text));
		if (r->in_body)
			take_plain_lines(r);
	}
	data_lost(r->session, rc, &f);
	return -1;
}

const char *
data_storage_reply(const struct fail *f)
{
	if (f->error == EDQUOT)
		return "452 4.2.2 a mailbox has no room for the message";
	if (fail_is_full(f))
		return "452 4.3.1 there is no room to store the message";
	/* mailq-add alone refuses any. */
	if (f->class == EX_DATAERR || f->class == EX_UNAVAILABLE)
		return "554 5.6.0 the queue does not take such a message";
	return "451 4.3.0 the message cannot be stored now";
}

static void
log_result(const struct reception *r, const char *result)
{
	const struct session *s = r->session;

	log_line("id=%s client=%s helo=%s from=<%s> to=<%s> nrcpt=%u "
		 "size=%llu tls=%s%s%s %s",
	    r->id, session_client(s), TEXT_SHOW(slice_str(s->helo)),
	    s->sender, s->first, s->recipients,
	    (unsigned long long)r->size, session_tls(s),
	    s->user[0] != '\0' ? " auth=" : "",
	    TEXT_SHOW(slice_str(s->user)), result);
}

void
data_finish(struct reception *r)
{
	struct session *s = r->session;
	struct fail f = { 0 };

	if (!r->in_body)
		end_header(r);
	if (r->refusal == NULL)
		r->refusal = filters_run(&r->filters);
	if (r->refusal == NULL && store_commit(s->store, r->id, &f) ==
	    -1) {
		log_line("id=%s not stored: %s", r->id, f.text);
		r->refusal = data_storage_reply(&f);
	}
	if (s->server->lmtp) {
		if (lmtp_reply(s, r->id, r->refusal) == 0 &&
		    r->refusal == NULL)
			r->refusal = "451 4.3.0 not stored for anybody";
	} else if (r->refusal == NULL) {
		session_reply(s, "250 2.0.0 accepted as %s", r->id);
	} else {
		session_reply(s, "%s", r->refusal);
	}
	if (r->refusal == NULL) {
		s->errors = 0;
		s->progress = ticks_seconds();
	}
	log_result(r, r->refusal == NULL ? "accepted" : r->refusal);
	if (r->refusal == NULL)
		reports_give(s, r->id);
}

void
data_drop(struct reception *r)
{
	session_reply(r->session, "%s", r->refusal);
	log_result(r, r->refusal);
}

/* Begins the message in the store: 0, or -1. */
static int
begin(struct reception *r, struct fail *f)
{
	struct session *s = r->session;
	struct buf id = BUF(LIMIT_ENVID * 3);
	struct spool_envelope e = { .sender = slice_str(s->sender),
		.envelope_id = dsn_envelope_text(&s->dsn, &id),
		.ret = s->dsn.ret, .body8 = s->body8, .utf8 = s->utf8,
		.require_tls = s->require_tls };
	int rc = store_begin(s->store, &e, r->id, f);

	buf_free(&id);
	if (rc == 1)
		dsn_forget_asked(&s->dsn);
	return rc == -1 ? -1 : 0;
}

int
data_begin(struct reception *r, struct session *s)
{
	struct buf trace = BUF(LIMIT_HEADER_FIELD);
	struct fail f = { 0 };

	*r = (struct reception){ .session = s, .start = ticks_seconds(),
		.filters = { .fd = -1 } };
	if (begin(r, &f) == -1 ||
	    filters_begin(&r->filters, s, r->id, &f) == -1) {
		log_line("from=<%s> to=<%s> not stored: %s", s->sender,
		    s->first, f.text);
		r->refusal = data_storage_reply(&f);
		memcpy(r->id, "-", 2);
		return -1;
	}
	trace_fields(s, r->id, &trace);
	filters_put(&r->filters, buf_slice(&trace));
	/* For mailq-add they are part of the message, which has a limit. */
	if (s->server->add)
		data_count(r, trace.n);
	buf_free(&trace);
	return 0;
}

void
data_receive(struct session *s)
{
	struct reception r;

	if (data_begin(&r, s) == -1) {
		filters_end(&r.filters);
		session_reply(s, "%s", r.refusal);
		session_reset(s);
		return;
	}
	session_reply(s, "354 end the message with a dot on a line alone");
	set_end(s);
	if (receive(&r) == 0)
		data_finish(&r);
	filters_end(&r.filters);
	conn_end(s->conn, 0);
	session_reset(s);
}
