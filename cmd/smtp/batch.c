/* SPDX-License-Identifier: ISC */
/* batch: any number of letters over as few connections as can be; see
 * batch.h. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "limits.h"
#include "text.h"
#include "transaction.h"

enum {
	LOSSES = 2, /* connections lost under one letter, then it waits */
};

void
batch_trace(int direction, struct slice line)
{
	(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

/* Whether the server takes no more on this connection (RFC 9422, 4.1). */
static int
is_used_up(const struct batch *b)
{
	return b->server.smtp.limits.messages > 0 &&
	    b->begun >= b->server.smtp.limits.messages;
}

static void
note_settled(struct batch *b, struct letter *l)
{
	if (b->settled != NULL)
		b->settled(b->ctx, l);
}

static void
note_wait(struct batch *b)
{
	if (b->waits != NULL)
		b->waits(b->ctx);
}

/* What a letter needs of the hosts of a domain; who names a host says himself
 * what TLS has to be. */
static enum letter_tls
need_of(const struct batch *b, const struct letter *l)
{
	return strcmp(b->server.client->target.url.scheme, "mx") == 0 ? l->tls :
	    LETTER_USUAL;
}

/* Whether there is a connection that the letter can go by. */
static int
is_served(const struct batch *b, const struct letter *l)
{
	return reach_suits(&b->server, need_of(b, l)) && !is_used_up(b);
}

/* A new connection, if there was one to be had before: 0, or -1. */
static int
connect_as(struct batch *b, enum letter_tls tls)
{
	if (b->unreached[tls].failed)
		return -1;
	note_wait(b);
	b->begun = 0;
	if (reach_connect(&b->server, tls) == 0)
		return 0;
	b->unreached[tls] = b->server.last;
	return -1;
}

/* Sees to a connection: 0, or -1 where there is none to be had. */
static int
see_to_connection(struct batch *b, const struct letter *l)
{
	enum letter_tls tls = need_of(b, l);

	if (is_served(b, l))
		return 0;
	/* Who need not be protected is all the same, if that can be. */
	if (tls == LETTER_RELAXED && connect_as(b, LETTER_USUAL) == 0)
		return 0;
	return connect_as(b, tls);
}

static void
finish(struct batch *b, struct letter *l)
{
	note_settled(b, l);
	b->done(b->ctx, l);
	letter_close(l);
	free(l);
}

/* There is no connection for a letter. */
static void
settle_unsent(struct batch *b, struct letter *l)
{
	const struct reach_failure *why = &b->unreached[need_of(b, l)];
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled && !why->final)
			l->to[i].unsent = why->busy ? LETTER_BUSY :
			    LETTER_DOWN;
	letter_settle_rest(l, why->why.class, why->enhanced, why->why.text);
}

/* The next letter: one that was put aside, or a new one; NULL at the end, and
 * with "ahead", where one is in hand, as soon as it would have to wait: whoever
 * gives them may wait for what becomes of that one. */
static struct letter *
next_letter(struct batch *b, int ahead)
{
	struct letter *l = b->aside;
	int rc = -1;

	b->aside = NULL;
	if (l != NULL)
		return l;
	l = mem_alloc(sizeof(*l));
	while (rc == -1 && (!ahead || b->ready(b->ctx)))
		rc = b->next(b->ctx, l);
	if (rc == 1)
		return l;
	free(l);
	return NULL;
}

/* Another transaction for "l" (or NULL), else for the next letters until one
 * needs one; t->letter is NULL where all is done, or with "ahead", while the
 * connection is in use, where it would need another one. */
static void
next_transaction(struct batch *b, struct transaction *t, struct letter *l,
    int ahead)
{
	for (;;) {
		t->letter = NULL;
		if (l == NULL && (l = next_letter(b, ahead)) == NULL)
			return;
		if (letter_has_pending(l)) {
			if (ahead && !is_served(b, l) &&
			    !b->unreached[need_of(b, l)].failed) {
				b->aside = l;
				return;
			}
			if (see_to_connection(b, l) == -1)
				settle_unsent(b, l);
			else if (transaction_prepare(t, &b->server.smtp, l) ==
			    0)
				return;
		}
		finish(b, l);
		l = NULL;
	}
}

/* The connection went away.  A letter is tried again on a new one, but not
 * for ever; whoever may have got it already waits in any case, as only the
 * caller can decide to send it twice. */
static void
lost(struct batch *b, struct transaction *t, int after_dot, struct fail *f)
{
	char text[sizeof(f->text)];
	size_t i;

	reach_lost(&b->server, f);
	if (!after_dot && b->begun <= 1 && (t->replies[0].code == 0 ||
	    b->server.smtp.code == 421))
		reach_avoid(&b->server, f);
	(void)snprintf(text, sizeof(text), "%.450s; it may be there", f->text);
	for (i = 0; i < t->envelope.nto; i++) {
		if (after_dot && t->to[i]->accepted)
			letter_settle(t->to[i], EX_TEMPFAIL, text);
		t->to[i]->accepted = 0;
	}
	if (++t->letter->losses >= LOSSES)
		letter_settle_rest(t->letter, f->class, "", f->text);
	note_settled(b, t->letter);
}

static void
put_envelope(struct batch *b, struct transaction *t)
{
	if (t->put)
		return;
	smtp_put_envelope(&b->server.smtp, &t->envelope);
	b->begun++;
	t->put = 1;
}

/* Chooses what follows "t", whose message is on its way, and puts its envelope
 * behind it. */
static void
look_ahead(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	following->letter = NULL;
	if ((b->server.smtp.offers & SMTP_PIPELINING) == 0 || is_used_up(b))
		return;
	if (!letter_has_pending(t->letter)) {
		next_transaction(b, following, NULL, 1);
	} else if (transaction_prepare(following, &b->server.smtp,
	    t->letter) == -1) {
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
	int lost_peer = b->server.smtp.dead;

	if (lost_peer) {
		lost(b, t, 0, f);
		return;
	}
	reach_close(&b->server, NULL);
	letter_settle_rest(t->letter, f->class, "", f->text);
	note_settled(b, t->letter);
}

/* The replies to the message: one for all, or with LMTP one for each who was
 * accepted (RFC 2033, 4.2). */
static int
get_results(struct batch *b, struct transaction *t, struct fail *f)
{
	struct reply dot;
	size_t i;

	for (i = 0; i < t->envelope.nto; i++) {
		if (!t->to[i]->accepted)
			continue;
		note_wait(b);
		if (smtp_get_dot(&b->server.smtp, &dot, f) == -1)
			return -1;
		if (reply_class(&dot) == 0)
			reach_took(&b->server);
		if (!b->server.smtp.lmtp) {
			transaction_settle(t, 0, t->envelope.nto, &dot);
			note_settled(b, t->letter);
			return 0;
		}
		transaction_settle(t, i, i + 1, &dot);
		note_settled(b, t->letter);
	}
	return 0;
}

/* The end of the message, and what becomes of it. */
static void
end_message(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	struct fail f = { 0 };

	if (smtp_put_dot(&b->server.smtp, &f) == -1) {
		give_up(b, t, &f);
		return;
	}
	look_ahead(b, t, following);
	if (get_results(b, t, &f) == -1)
		lost(b, t, 1, &f);
}

/* The message, from its first byte to the last reply. */
static void
send_message(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	struct fail f = { 0 };
	sigset_t term, before;

	if (transaction_send(t, &b->server.smtp, &f) == -1) {
		give_up(b, t, &f);
		return;
	}
	(void)sigemptyset(&term);
	if (b->hold)
		(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, &before);
	end_message(b, t, following);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
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
	note_wait(b);
	n = smtp_get_envelope(&b->server.smtp, &t->envelope, t->replies, &f);
	transaction_refused(t);
	note_settled(b, l);
	if (n != -1)
		reach_answered(&b->server);
	if (n > 0)
		send_message(b, t, following);
	else if (n == -1 || smtp_abandon(&b->server.smtp, &f) == -1)
		lost(b, t, 0, &f);
	if (following->letter != NULL && following->letter != l) {
		finish(b, l);
		l = following->letter;
	}
	if (b->server.smtp.dead || following->letter == NULL)
		next_transaction(b, following, l, 0);
}

void
batch_run(struct batch *b)
{
	struct transaction *t = mem_alloc(2 * sizeof(*t));
	int at = 0;

	memset(t, 0, 2 * sizeof(*t));
	transaction_start(&t[0]);
	transaction_start(&t[1]);
	b->server.note = b->server.client->trace ? batch_trace : NULL;
	next_transaction(b, &t[0], NULL, 0);
	while (t[at].letter != NULL) {
		carry_out(b, &t[at], &t[1 - at]);
		at = 1 - at;
	}
	batch_end(b);
	transaction_free(&t[0]);
	transaction_free(&t[1]);
	free(t);
}

int
batch_connect(struct batch *b, void (*note)(int, struct slice))
{
	b->server.note = note;
	return reach_connect(&b->server, LETTER_USUAL);
}

void
batch_end(struct batch *b)
{
	reach_end(&b->server);
}
