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
	if (e->eight_bit && (s->offers & SMTP_8BITMIME) != 0)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    " BODY=8BITMIME");
	(void)snprintf(line + n, sizeof(line) - (size_t)n, "%.*s",
	    SLICE_ARG(e->mail_more));
	smtp_put(s, line);
}

static void
put_rcpt(struct smtp *s, const struct smtp_envelope *e, size_t i)
{
	char line[COMMAND];

	(void)snprintf(line, sizeof(line), "RCPT TO:<%.*s>%.*s",
	    SLICE_ARG(e->to[i]), SLICE_ARG(e->recipient_more));
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

	if (lockstep)
		put_mail(s, e);
	if (smtp_get(s, &mail, smtp_trace, f) == -1)
		return -1;
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

int
smtp_get_envelope(struct smtp *s, const struct smtp_envelope *e,
    struct reply *to, struct fail *f)
{
	int lockstep = (s->offers & SMTP_PIPELINING) == 0, accepted;
	struct reply data, reset;
	size_t i;

	memset(to, 0, e->nto * sizeof(*to));
	smtp_allow(s, LIMIT_COMMAND_REPLY);
	if (s->reset && lockstep)
		smtp_put(s, "RSET");
	if (s->reset && smtp_get(s, &reset, smtp_trace, f) == -1)
		return -1;
	accepted = get_recipients(s, e, to, lockstep, f);
	if (accepted == -1 || (accepted == 0 && lockstep))
		return accepted;
	if (lockstep)
		smtp_put(s, "DATA");
	smtp_allow(s, LIMIT_DATA_REPLY);
	if (smtp_get(s, &data, smtp_trace, f) == -1)
		return -1;
	if (data.code == 354) {
		memset(&s->dot, 0, sizeof(s->dot));
		s->waiting = 1;
		return accepted;
	}
	if (data.code < 400)
		return smtp_broken(s, &data, "DATA", f);
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
			smtp_allow(s, LIMIT_DATA_BLOCK);
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
	smtp_allow(s, LIMIT_DOT_REPLY);
	if (smtp_get(s, r, smtp_trace, f) == -1)
		return -1;
	return r->code / 100 == 3 ? smtp_broken(s, r, "the message", f) : 0;
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
	smtp_put_dot(s);
	return smtp_get_dot(s, &r, f);
}
