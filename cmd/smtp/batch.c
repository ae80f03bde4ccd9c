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
#include "text.h"
#include "tls.h"
#include "transaction.h"

enum {
	LOSSES = 2, /* connections lost under one letter, then it waits */
};

void
batch_trace(int direction, struct slice line)
{
	(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

/* What -v tells of TLS: enough to pin the server's key by. */
static void
trace_tls(const struct conn *c)
{
	const struct tls_facts *t;

	if (conn_tls(c) == NULL)
		return;
	t = tls_facts(conn_tls(c));
	(void)fprintf(stderr, "* %s, %s%s, certificate %s%s\n", t->version,
	    t->cipher, t->resumed ? ", resumed" : "", t->verified ?
	    "verified" : "not verified: ", t->verified ? "" : t->why);
	if (t->certificate)
		(void)fprintf(stderr, "* %s, key sha256:%s\n", t->subject,
		    t->key);
}

static void
name_ourselves(struct batch *b, const struct conn *c)
{
	char host[256] = "", local[DIAL_ADDRESS];

	if (b->helo[0] != '\0')
		return;
	(void)gethostname(host, sizeof(host) - 1);
	/* EHLO wants a name that others can resolve, or an address. */
	if (b->proxy != NULL)
		/* What it sees of us is neither; and who asks for a proxy
		 * may have reasons. */
		memcpy(b->helo, "[127.0.0.1]", 12);
	else if (strchr(host, '.') != NULL)
		memcpy(b->helo, host, sizeof(host));
	else
		(void)snprintf(b->helo, sizeof(b->helo), "%s",
		    dial_local(local, conn_fd(c)));
}

const char *
batch_peer(const struct batch *b)
{
	return b->command != NULL ? b->program.name : b->url->host;
}

/* A session that failed for the reason in "f", or one that did not (NULL). */
static void
end_session(struct batch *b, struct fail *f)
{
	smtp_close(&b->smtp);
	program_end(&b->program, f);
}

static struct conn *
reach(struct batch *b)
{
	struct dial_to to = { b->url->host, secure_port(b->url), b->source,
		b->connect, NULL };

	if (b->command != NULL)
		return program_start(&b->program, slice_str(b->command),
		    &b->why);
	if (b->proxy != NULL)
		return socks_dial(b->proxy, &to, &b->why);
	return dial_to(&to, &b->why);
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

/* A new connection: 0, SECURE_AGAIN, or -1. */
static int
connect_once(struct batch *b)
{
	struct conn *c;
	int rc;

	end_session(b, NULL);
	b->begun = 0;
	b->smtp = (struct smtp){ .timeout = b->timeout,
		.trace = b->note,
		.lmtp = strcmp(b->url->scheme, "lmtp") == 0 };
	/* Before a server waits for whoever types it. */
	if ((b->proxy != NULL && socks_prepare(b->proxy, &b->why) == -1) ||
	    login_prepare(&b->login, b->url, &b->why) == -1)
		return -1;
	if ((c = reach(b)) == NULL)
		return -1;
	name_ourselves(b, c);
	rc = secure_open(&b->secure, &b->smtp, c, b->helo, &b->why);
	if (b->trace && rc == 0)
		trace_tls(b->smtp.conn);
	if (rc == 0)
		rc = login_run(&b->login, &b->secure, &b->smtp, &b->why);
	if (rc == -1) {
		(void)fail_at(&b->why, batch_peer(b));
		smtp_quit(&b->smtp);
		end_session(b, &b->why);
	}
	return rc;
}

/* Whether the server takes no more on this connection (RFC 9422, 4.1). */
static int
is_used_up(const struct batch *b)
{
	return b->smtp.limits.messages > 0 &&
	    b->begun >= b->smtp.limits.messages;
}

/* Sees to a connection: 0, or -1 where there is none to be had. */
static int
see_to_connection(struct batch *b)
{
	int rc;

	if (b->failed)
		return -1;
	if (b->smtp.conn != NULL && !b->smtp.dead && !is_used_up(b))
		return 0;
	note_wait(b);
	smtp_quit(&b->smtp);
	if ((rc = connect_once(b)) == SECURE_AGAIN)
		rc = connect_once(b);
	b->failed = rc != 0;
	return rc == 0 ? 0 : -1;
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
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled)
			l->to[i].unsent = LETTER_DOWN;
	letter_settle_rest(l, b->why.class, "", b->why.text);
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
		if (letter_has_pending(l)) {
			if (see_to_connection(b) == -1)
				settle_unsent(b, l);
			else if (transaction_prepare(t, &b->smtp, l) == 0)
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

	(void)fail_at(f, batch_peer(b));
	end_session(b, f);
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
	smtp_put_envelope(&b->smtp, &t->envelope);
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
	if ((b->smtp.offers & SMTP_PIPELINING) == 0 || is_used_up(b))
		return;
	if (!letter_has_pending(t->letter)) {
		if (b->ready(b->ctx))
			next_transaction(b, following, NULL);
	} else if (transaction_prepare(following, &b->smtp, t->letter) == -1) {
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
	end_session(b, NULL);
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
		if (smtp_get_dot(&b->smtp, &dot, f) == -1)
			return -1;
		if (!b->smtp.lmtp) {
			transaction_settle(t, 0, t->envelope.nto, &dot);
			note_settled(b, t->letter);
			return 0;
		}
		transaction_settle(t, i, i + 1, &dot);
		note_settled(b, t->letter);
	}
	return 0;
}

/* The message, from its first byte to the last reply. */
static void
send_message(struct batch *b, struct transaction *t,
    struct transaction *following)
{
	struct fail f = { 0 };

	if (transaction_send(t, &b->smtp, &f) == -1 ||
	    smtp_put_dot(&b->smtp, &f) == -1) {
		give_up(b, t, &f);
		return;
	}
	look_ahead(b, t, following);
	if (get_results(b, t, &f) == -1)
		lost(b, t, 1, &f);
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
	n = smtp_get_envelope(&b->smtp, &t->envelope, t->replies, &f);
	transaction_refused(t);
	note_settled(b, l);
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

	memset(t, 0, 2 * sizeof(*t));
	transaction_start(&t[0]);
	transaction_start(&t[1]);
	b->note = b->trace ? batch_trace : NULL;
	next_transaction(b, &t[0], NULL);
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
	int rc;

	b->note = note;
	if ((rc = connect_once(b)) == SECURE_AGAIN)
		rc = fail_at(&b->why, b->url->host);
	return rc;
}

void
batch_end(struct batch *b)
{
	smtp_quit(&b->smtp);
	end_session(b, NULL);
	secure_end(&b->secure);
	login_end(&b->login);
}
