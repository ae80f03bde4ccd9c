/* SPDX-License-Identifier: ISC */
/* batch: any number of letters over as few connections as can be; see
 * batch.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "dial.h"
#include "limits.h"
#include "sevenbit.h"
#include "text.h"

enum {
	BLOCK = CONN_FULL,
	LOSSES = 2, /* connections lost under one letter, then it waits */
};

/* One MAIL with up to LIMIT_WINDOW recipients of a letter: what every server
 * must take at least is 100 (RFC 5321, 4.5.3.1.8). */
struct transaction {
	struct letter *letter; /* NULL: there is none */
	struct letter_recipient *to[LIMIT_WINDOW];
	struct slice addresses[LIMIT_WINDOW];
	struct reply replies[LIMIT_WINDOW];
	struct smtp_envelope envelope;
	int converted; /* made 7-bit on the way */
	int put;       /* its envelope was put on this connection */
};

static void
trace(int direction, struct slice line)
{
	(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

static void
name_ourselves(struct batch *b, const struct conn *c)
{
	char host[256] = "", local[DIAL_ADDRESS];

	if (b->helo[0] != '\0')
		return;
	(void)gethostname(host, sizeof(host) - 1);
	/* EHLO wants a name that others can resolve, or an address. */
	if (strchr(host, '.') != NULL)
		memcpy(b->helo, host, sizeof(host));
	else
		(void)snprintf(b->helo, sizeof(b->helo), "%s",
		    dial_local(local, conn_fd(c)));
}

/* Sees to a connection: 0, or -1 where there is none to be had. */
static int
connect_batch(struct batch *b)
{
	const char *port = b->url.port[0] == '\0' ? "25" : b->url.port;
	struct conn *c;

	if (b->failed)
		return -1;
	if (b->smtp.conn != NULL && !b->smtp.dead)
		return 0;
	smtp_close(&b->smtp);
	b->smtp = (struct smtp){ .timeout = b->timeout,
		.trace = b->trace ? trace : NULL };
	c = dial(b->url.host, port, b->connect, &b->why);
	if (c != NULL) {
		name_ourselves(b, c);
		if (smtp_open(&b->smtp, c, b->helo, &b->why) == 0)
			return 0;
		(void)fail_at(&b->why, b->url.host);
	}
	b->failed = 1;
	return -1;
}

static void
settle(struct letter_recipient *r, int class, const char *text)
{
	r->settled = 1;
	r->class = class;
	if (text != NULL) {
		memset(&r->reply, 0, sizeof(r->reply));
		(void)snprintf(r->reply.text, sizeof(r->reply.text), "%.500s",
		    text);
	}
}

/* Settles every recipient of the letter that is not. */
static void
settle_rest(struct letter *l, int class, const char *enhanced,
    const char *text)
{
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled) {
			settle(&l->to[i], class, text);
			(void)snprintf(l->to[i].reply.enhanced,
			    sizeof(l->to[i].reply.enhanced), "%s", enhanced);
		}
}

/* Whether a recipient still needs a transaction. */
static int
has_pending(const struct letter *l)
{
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled && !l->to[i].accepted)
			return 1;
	return 0;
}

/* What plain 7-bit transport cannot carry as it is (RFC 5321, 2.3.1; RFC
 * 6152): 8-bit bytes without 8BITMIME, NUL, and lines that are too long. */
static int
needs_conversion(const struct batch *b, const struct letter *l)
{
	return (l->scan.eight_bit > 0 &&
	    (b->smtp.offers & SMTP_8BITMIME) == 0) ||
	    l->scan.nul || l->scan.longest > LIMIT_LINE_HARD;
}

/* What a conversion would write. */
struct measure {
	uint64_t size;
	int nul;
};

static int
measure(void *ctx, struct slice bytes, struct fail *f)
{
	struct measure *m = ctx;

	(void)f;
	m->size += bytes.n;
	m->nul |= slice_find(bytes, '\0') < bytes.n;
	return 0;
}

/* Finds out what the message is converted to: 0, or -1 where it cannot go. */
static int
check_conversion(struct batch *b, struct transaction *t)
{
	struct letter *l = t->letter;
	struct measure m = { 0 };
	struct fail f;

	t->converted = needs_conversion(b, l);
	if (!t->converted)
		return 0;
	if (sevenbit_convert(&l->in, measure, &m, &f) == 0 && !m.nul) {
		t->envelope.size = m.size + l->scan.lines;
		t->envelope.eight_bit = 0;
		return 0;
	}
	if (m.nul)
		(void)fail_set(&f, EX_DATAERR, "a NUL in the header, or "
		    "between parts, cannot be converted");
	if (f.class != EX_DATAERR) {
		settle_rest(l, f.class, "", f.text);
		return -1;
	}
	/* Long lines alone are better sent than kept: most servers take
	 * them (RFC 5321, 4.5.3.1.6 asks for no more than 998). */
	if (!l->scan.nul && (l->scan.eight_bit == 0 ||
	    (b->smtp.offers & SMTP_8BITMIME) != 0)) {
		t->converted = 0;
		return 0;
	}
	settle_rest(l, EX_UNAVAILABLE, l->scan.nul ? "5.6.0" : "5.6.3",
	    f.text);
	return -1;
}

/* Makes the transaction for the pending recipients: 0, or -1 where they all
 * were settled without one. */
static int
prepare(struct batch *b, struct transaction *t, struct letter *l)
{
	size_t i, n = 0;

	t->letter = l;
	t->put = 0;
	for (i = 0; i < l->nto && n < LIMIT_WINDOW; i++) {
		if (l->to[i].settled || l->to[i].accepted)
			continue;
		t->to[n] = &l->to[i];
		t->addresses[n++] = l->to[i].address;
	}
	t->envelope = (struct smtp_envelope){ .sender = l->sender,
		.to = t->addresses, .nto = n, .size = letter_size(l),
		.eight_bit = l->scan.eight_bit > 0 };
	if (check_conversion(b, t) == -1)
		return -1;
	if (b->smtp.size_limit > 0 &&
	    t->envelope.size > b->smtp.size_limit) {
		settle_rest(l, EX_UNAVAILABLE, "5.3.4",
		    "the message is longer than the server takes");
		return -1;
	}
	return 0;
}

static void
finish(struct batch *b, struct letter *l)
{
	b->done(b->ctx, l);
	letter_close(l);
	free(l);
}

/* Another transaction for "l" (or NULL), else for the next letters until one
 * needs one; t->letter is NULL where all is done. */
static void
next_transaction(struct batch *b, struct transaction *t, struct letter *l)
{
	for (;;) {
		t->letter = NULL;
		if (l == NULL) {
			l = mem_alloc(sizeof(*l));
			if (b->next(b->ctx, l) != 1) {
				free(l);
				return;
			}
		}
		if (has_pending(l)) {
			if (connect_batch(b) == -1)
				settle_rest(l, b->why.class, "", b->why.text);
			else if (prepare(b, t, l) == 0)
				return;
		}
		finish(b, l);
		l = NULL;
	}
}

static int
put_piece(void *ctx, struct slice bytes, struct fail *f)
{
	return smtp_put_data(ctx, bytes, f);
}

static int
put_message(struct batch *b, const struct transaction *t, struct fail *f)
{
	static char block[BLOCK];
	const struct letter *l = t->letter;
	uint64_t at = 0;
	size_t got;

	if (t->converted)
		return sevenbit_convert(&l->in, put_piece, &b->smtp, f);
	do {
		if (input_read(&l->in, at, block, sizeof(block), &got, f) == -1)
			return -1;
		at += got;
		if (smtp_put_data(&b->smtp, (struct slice){ block, got },
			f) == -1)
			return -1;
	} while (got > 0);
	return 0;
}

/* The replies to the envelope: who is refused is settled, but one that is
 * refused only because there were many before it gets another transaction. */
static void
settle_refused(struct transaction *t)
{
	int accepted = 0;
	size_t i;

	for (i = 0; i < t->envelope.nto; i++) {
		struct letter_recipient *r = t->to[i];

		r->accepted = t->replies[i].code / 100 == 2;
		accepted += r->accepted;
		if (t->replies[i].code == 452 && accepted > 0)
			continue;
		if (!r->accepted && t->replies[i].code != 0 &&
		    t->replies[i].code != 421) {
			r->reply = t->replies[i];
			settle(r, reply_class(&r->reply), NULL);
		}
	}
}

static void
settle_accepted(struct transaction *t, const struct reply *dot)
{
	size_t i;

	for (i = 0; i < t->envelope.nto; i++)
		if (t->to[i]->accepted) {
			t->to[i]->reply = *dot;
			t->to[i]->accepted = 0;
			settle(t->to[i], reply_class(dot), NULL);
		}
}

/* The connection went away.  A letter is tried again on a new one, but not
 * for ever; whoever may have got it already waits in any case, as only the
 * caller can decide to send it twice. */
static void
lost(struct batch *b, struct transaction *t, int after_dot, struct fail *f)
{
	size_t i;

	(void)fail_at(f, b->url.host);
	smtp_close(&b->smtp);
	for (i = 0; i < t->envelope.nto; i++) {
		if (after_dot && t->to[i]->accepted)
			settle(t->to[i], EX_TEMPFAIL, f->text);
		t->to[i]->accepted = 0;
	}
	if (++t->letter->losses >= LOSSES)
		settle_rest(t->letter, f->class, "", f->text);
}

static void
put_envelope(struct batch *b, struct transaction *t)
{
	if (!t->put)
		smtp_put_envelope(&b->smtp, &t->envelope);
	t->put = 1;
}

/* Chooses what follows "t", whose message is on its way, and puts its envelope
 * behind it. */
static void
look_ahead(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	following->letter = NULL;
	if ((b->smtp.offers & SMTP_PIPELINING) == 0)
		return;
	if (!has_pending(t->letter)) {
		if (b->ready(b->ctx))
			next_transaction(b, following, NULL);
	} else if (prepare(b, following, t->letter) == -1) {
		following->letter = NULL;
	}
	if (following->letter != NULL)
		put_envelope(b, following);
}

/* The file could not be read to its end: the message must not be ended, so
 * the connection is given up in the middle of it. */
static void
give_up(struct batch *b, struct transaction *t, struct fail *f)
{
	int lost_peer = b->smtp.dead;

	if (lost_peer) {
		lost(b, t, 0, f);
		return;
	}
	smtp_close(&b->smtp);
	settle_rest(t->letter, f->class, "", f->text);
}

/* The message, from its first byte to the reply. */
static void
send_message(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	struct fail f = { 0 };
	struct reply dot;

	if (put_message(b, t, &f) == -1) {
		give_up(b, t, &f);
		return;
	}
	smtp_put_dot(&b->smtp);
	look_ahead(b, t, following);
	if (smtp_get_dot(&b->smtp, &dot, &f) == -1)
		lost(b, t, 1, &f);
	else
		settle_accepted(t, &dot);
}

/* Carries one transaction out, and begins the one that follows. */
static void
carry_out(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	struct letter *l = t->letter;
	struct fail f = { 0 };
	int n;

	following->letter = NULL;
	put_envelope(b, t);
	n = smtp_get_envelope(&b->smtp, &t->envelope, t->replies, &f);
	settle_refused(t);
	if (n > 0)
		send_message(b, t, following);
	else if (n == -1 || smtp_abandon(&b->smtp, &f) == -1)
		lost(b, t, 0, &f);
	if (following->letter != NULL && following->letter != l) {
		finish(b, l);
		l = following->letter;
	}
	if (b->smtp.dead || following->letter == NULL)
		next_transaction(b, following, l);
}

void
batch_run(struct batch *b)
{
	struct transaction *t = mem_alloc(2 * sizeof(*t));
	int at = 0;

	next_transaction(b, &t[0], NULL);
	while (t[at].letter != NULL) {
		carry_out(b, &t[at], &t[1 - at]);
		at = 1 - at;
	}
	smtp_quit(&b->smtp);
	smtp_close(&b->smtp);
	free(t);
}
