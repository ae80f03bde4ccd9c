/* SPDX-License-Identifier: ISC */
/* smtp_message: transactions of the client's side of SMTP, from MAIL to the
 * reply to the message; see smtp.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "smtp.h"

enum {
	COMMAND = 1024, /* MAIL has some 310 bytes, and SMTP_MORE */
	/* A chunk is put when it has CONN_FULL bytes; one piece less before
	 * that, and the wire form of another. */
	CHUNK = 3 * CONN_FULL + 8,
	CHUNKS = 16,	/* under way at once */
};

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
	if (e->binary)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    " BODY=BINARYMIME");
	else if (e->eight_bit && (s->offers & SMTP_8BITMIME) != 0)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    " BODY=8BITMIME");
	(void)snprintf(line + n, sizeof(line) - (size_t)n, "%.*s",
	    SLICE_ARG(e->mail_more));
	smtp_put(s, line);
}

static void
put_rcpt(struct smtp *s, const struct smtp_envelope *e, size_t i)
{
	struct slice more = e->recipient_more == NULL ? SLICE("") :
	    e->recipient_more[i];
	char line[COMMAND];

	(void)snprintf(line, sizeof(line), "RCPT TO:<%.*s>%.*s",
	    SLICE_ARG(e->to[i]), SLICE_ARG(more));
	smtp_put(s, line);
}

void
smtp_put_envelope(struct smtp *s, const struct smtp_envelope *e)
{
	size_t i;

	if ((s->offers & SMTP_PIPELINING) == 0)
		return;
	if (s->reset)
		smtp_put(s, "RSET");
	put_mail(s, e);
	for (i = 0; i < e->nto; i++)
		put_rcpt(s, e, i);
	if (!e->chunked)
		smtp_put(s, "DATA");
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

	s->step = "MAIL";
	if (lockstep)
		put_mail(s, e);
	if (smtp_get(s, &mail, smtp_trace, f) == -1)
		return -1;
	s->step = "RCPT";
	for (i = 0; i < e->nto; i++) {
		if (reply_class(&mail) != 0 && lockstep) {
			to[i] = mail;
			continue;
		}
		if (lockstep)
			put_rcpt(s, e, i);
		if (smtp_get(s, &to[i], smtp_trace, f) == -1)
			return -1;
		correct_too_many(&to[i]);
		if (reply_class(&mail) != 0)
			to[i] = mail;
		accepted += reply_class(&to[i]) == 0;
	}
	s->reset = reply_class(&mail) == 0;
	return accepted;
}

static void
start_message(struct smtp *s, const struct smtp_envelope *e)
{
	memset(&s->dot, 0, sizeof(s->dot));
	memset(&s->refusal, 0, sizeof(s->refusal));
	s->chunked = s->dot.plain = e->chunked;
	s->waiting = !e->chunked;
	s->ended = 0;
	s->unanswered = 0;
	buf_clear(&s->chunk);
	s->chunk.max = CHUNK;
}

int
smtp_get_envelope(struct smtp *s, const struct smtp_envelope *e,
    struct reply *to, struct fail *f)
{
	int lockstep = (s->offers & SMTP_PIPELINING) == 0, accepted;
	struct reply data, reset;
	size_t i;

	memset(to, 0, e->nto * sizeof(*to));
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	s->step = "RSET";
	if (s->reset && lockstep)
		smtp_put(s, "RSET");
	if (s->reset && smtp_get(s, &reset, smtp_trace, f) == -1)
		return -1;
	accepted = get_recipients(s, e, to, lockstep, f);
	if (accepted > 0 && e->chunked)
		start_message(s, e);
	if (accepted == -1 || e->chunked || (accepted == 0 && lockstep))
		return accepted;
	s->step = "DATA";
	if (lockstep)
		smtp_put(s, s->step);
	smtp_allow(s, LIMIT_DATA_REPLY);
	if (smtp_get(s, &data, smtp_trace, f) == -1)
		return -1;
	if (data.code == 354) {
		start_message(s, e);
		return accepted;
	}
	if (data.code < 400)
		return smtp_broken(s, &data, "DATA", f);
	for (i = 0; i < e->nto; i++)
		if (reply_class(&to[i]) == 0)
			to[i] = data;
	return 0;
}

/* Writes where enough waits to be written. */
static int
make_room(struct smtp *s, struct fail *f)
{
	if (!conn_full(s->conn))
		return 0;
	smtp_allow(s, LIMIT_DATA_BLOCK);
	if (conn_flush(s->conn, f) == 0)
		return 0;
	s->dead = 1;
	return fail_at(f, "the message");
}

/* Gets the reply to a chunk that is not the last one. */
static int
get_chunk(struct smtp *s, struct fail *f)
{
	struct reply r;

	s->step = "BDAT";
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	if (smtp_get(s, &r, smtp_trace, f) == -1)
		return -1;
	s->unanswered--;
	if (r.code / 100 == 3)
		return smtp_broken(s, &r, "BDAT", f);
	if (reply_class(&r) != 0 && s->refusal.code == 0)
		s->refusal = r;
	return 0;
}

static int
put_chunk(struct smtp *s, int last, struct fail *f)
{
	char line[64];

	if (make_room(s, f) == -1)
		return -1;
	(void)snprintf(line, sizeof(line), "BDAT %zu%s", s->chunk.n,
	    last ? " LAST" : "");
	smtp_put(s, line);
	(void)buf_add(conn_out(s->conn), buf_slice(&s->chunk));
	buf_clear(&s->chunk);
	s->unanswered++;
	return 0;
}

/* Puts a chunk, and sees what became of those before it. */
static int
pass_chunk(struct smtp *s, struct fail *f)
{
	size_t most = (s->offers & SMTP_PIPELINING) != 0 ? CHUNKS : 0;

	if (put_chunk(s, 0, f) == -1)
		return -1;
	while (s->unanswered > most ||
	    (s->unanswered > 0 && conn_pending(s->conn)))
		if (get_chunk(s, f) == -1)
			return -1;
	return 0;
}

int
smtp_put_data(struct smtp *s, struct slice piece, struct fail *f)
{
	struct slice part;

	while (piece.n > 0 && s->refusal.code == 0) {
		part = slice_sub(piece, 0, CONN_FULL);
		piece = slice_sub(piece, part.n, piece.n);
		if (s->chunked) {
			(void)dot_encode(&s->dot, part, &s->chunk);
			if (s->chunk.n >= CONN_FULL && pass_chunk(s, f) == -1)
				return -1;
			continue;
		}
		if (make_room(s, f) == -1)
			return -1;
		(void)dot_encode(&s->dot, part, conn_out(s->conn));
	}
	return 0;
}

/* Something came that answers nothing, before the end of the message: as the
 * reply to it, it would be a lie.  Servers that give up in the middle refuse
 * (and may or may not read on), which counts. */
static int
get_early(struct smtp *s, struct fail *f)
{
	struct reply r;

	s->step = "the message";
	smtp_allow(s, LIMIT_DATA_BLOCK);
	if (smtp_get(s, &r, smtp_trace, f) == -1)
		return -1;
	if (r.code / 100 < 4)
		return smtp_broken(s, &r, "a message without its end", f);
	s->refusal = r;
	s->dead = 1;
	return 0;
}

int
smtp_put_dot(struct smtp *s, struct fail *f)
{
	s->reset = s->chunked;
	s->waiting = 0;
	if (s->unanswered == 0 && s->refusal.code == 0 &&
	    conn_pending(s->conn))
		return get_early(s, f);
	if (!s->chunked) {
		(void)dot_end(&s->dot, conn_out(s->conn));
		return 0;
	}
	/* How many replies the last chunk has in LMTP depends on what became
	 * of the others. */
	while (s->lmtp && s->unanswered > 0)
		if (get_chunk(s, f) == -1)
			return -1;
	if (s->refusal.code != 0)
		return 0;
	(void)dot_end(&s->dot, &s->chunk);
	s->ended = 1;
	return put_chunk(s, 1, f);
}

int
smtp_get_dot(struct smtp *s, struct reply *r, struct fail *f)
{
	size_t last = s->chunked && s->ended;

	while (s->unanswered > last)
		if (get_chunk(s, f) == -1)
			return -1;
	if (s->refusal.code != 0 && !last) {
		*r = s->refusal;
		return 0;
	}
	s->step = "the message";
	smtp_allow(s, LIMIT_DOT_REPLY);
	if (smtp_get(s, r, smtp_trace, f) == -1)
		return -1;
	if (r->code / 100 == 3)
		return smtp_broken(s, r, "the message", f);
	if (s->refusal.code != 0)
		*r = s->refusal;
	/* Where commands travel together RSET may be under way already. */
	if ((s->offers & SMTP_PIPELINING) == 0 && reply_class(r) == 0)
		s->reset = 0;
	return 0;
}

int
smtp_abandon(struct smtp *s, struct fail *f)
{
	struct reply r;

	if (!s->waiting)
		return 0;
	if (s->lmtp) {
		/* One reply for each of nobody, or one all the same? */
		s->dead = 1;
		return fail_set(f, EX_PROTOCOL,
		    "354 in answer to DATA without a recipient");
	}
	return smtp_put_dot(s, f) == -1 ? -1 : smtp_get_dot(s, &r, f);
}
