/* SPDX-License-Identifier: ISC */
/* imap: who logs in, and how; see imap.h. */

#include <stdio.h>

#include "engine.h"
#include "limits.h"
#include "saslchat.h"

enum { COMMAND = 40 }; /* a tag and AUTHENTICATE */

struct talk {
	struct imap *imap;
	unsigned number; /* of the command */
	int told;	 /* its NO had a code */
};

/* What a NO to a login means: unless it says otherwise, that there is no way in
 * with these credentials (RFC 5530, 3). */
static void
classify(const struct imap_response *r, struct fail *f)
{
	if (f->class == EX_UNAVAILABLE &&
	    !slice_caseeq(r->code, SLICE("CONTACTADMIN")) &&
	    !slice_caseeq(r->code, SLICE("CANNOT")))
		f->class = EX_NOPERM;
}

static enum saslchat_answer
say(void *ctx, const struct saslchat_line *line, struct buf *challenge,
    struct fail *f)
{
	struct talk *t = ctx;
	struct imap_session *own = t->imap->own;
	struct imap_response r;
	enum imap_result rc;

	if (imap_put_secret(t->imap, line->text, line->shown, f) == -1)
		return SASLCHAT_LOST;
	own->way[own->nway - 1].end = own->put;
	own->plus = own->challenge = 1;
	rc = imap_wait_for(t->imap, t->number, &r, f);
	own->plus = own->challenge = 0;
	if (rc == IMAP_PLUS && r.text.n > LIMIT_AUTH_LINE) {
		(void)fail_set(f, EX_PROTOCOL, "authentication: a challenge "
		    "longer than %d bytes", LIMIT_AUTH_LINE);
		(void)imap_lost(t->imap, f);
		return SASLCHAT_LOST;
	}
	if (rc == IMAP_PLUS) {
		(void)buf_add(challenge, r.text);
		return SASLCHAT_CHALLENGE;
	}
	if (rc == IMAP_LOST)
		return SASLCHAT_LOST;
	if (rc == IMAP_NO)
		classify(&r, f);
	if (rc == IMAP_NO)
		t->told = r.code.n > 0;
	return rc == IMAP_OK ? SASLCHAT_YES : SASLCHAT_NO;
}

/* 0; -1, and "told" where the server said by a code why. */
static int
authenticate(struct imap *i, const struct saslclient_conf *conf, int *told,
    struct fail *f)
{
	struct engine_command *c = imap_command(i, ENGINE_PLAIN);
	struct talk t = { i, c->number, 0 };
	char command[COMMAND];
	struct saslchat chat = { .command = command, .say = say, .ctx = &t };
	int rc;

	(void)snprintf(command, sizeof(command), "%s AUTHENTICATE", c->tag);
	if (imap_has(i, IMAP_SASL_IR))
		chat.longest = LIMIT_IMAP_LINE;
	c->whole = 1;
	i->own->saying = 0;
	rc = saslchat_run(&chat, conf, f);
	if ((c = imap_find(i, t.number)) != NULL)
		imap_forget(i, c);
	*told = t.told;
	return rc;
}

/* Whether the mechanism would be chosen that is bound to the TLS channel. */
static int
is_bound(const struct saslclient_conf *conf)
{
	struct fail ignored = { 0 };
	struct saslclient *c = saslclient_new(conf, &ignored);
	int bound = c != NULL && saslclient_mechanism(c) == SASL_SCRAM_PLUS;

	saslclient_free(&c);
	return bound;
}

/* Cyrus 3.6 offers SCRAM-SHA-256-PLUS, but knows no binding that TLS 1.3 has
 * (RFC 9266), and refuses without a code: then it is tried without one, which
 * shows no more to who is between than a server without -PLUS would see.  It
 * takes whatever binding is named, and finds that out with the proof, as it
 * does a wrong password, after a pause: nothing tells earlier. */
static int
authenticate_best(struct imap *i, struct saslclient_conf *conf,
    struct fail *f)
{
	int told, rc = authenticate(i, conf, &told, f);

	if (rc == 0 || i->dead || told || f->class != EX_NOPERM ||
	    conf->mechanism != NULL || !is_bound(conf))
		return rc;
	conf->binding = NULL;
	return authenticate(i, conf, &told, f);
}

/* Whether SASL is the way: something is offered that can be used, or it is
 * what was asked for. */
static int
is_by_sasl(const struct imap *i, const struct saslclient_conf *conf)
{
	return imap_has(i, IMAP_LOGINDISABLED) || saslclient_fits(conf);
}

static int
say_login(struct imap *i, const struct saslclient_conf *conf, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;
	unsigned number;

	if (!conf->private && !conf->clear_allowed)
		return fail_set(f, EX_NOPERM, "authentication: LOGIN would "
		    "show the password to whoever listens");
	if (!sasl_name_ok(conf->user))
		return fail_set(f, EX_DATAERR,
		    "authentication: no name of a user");
	/* Room first: what grows leaves a copy behind. */
	(void)buf_room(&i->own->line, ENGINE_COMMAND);
	(void)buf_room(conn_out(i->conn), LIMIT_SECRET + ENGINE_COMMAND);
	number = imap_say(i, "LOGIN ");
	imap_add_string(i, conf->user);
	imap_add(i, " ");
	i->own->secret = 1;
	imap_add_string(i, conf->secret);
	imap_said(i);
	do
		rc = imap_next(i, &r, f);
	while (rc == IMAP_DATA || (rc != IMAP_LOST && r.command != number));
	if (rc == IMAP_NO)
		classify(&r, f);
	return rc == IMAP_OK ? 0 : -1;
}

int
imap_log_in(struct imap *i, struct fail *f)
{
	struct buf offered = BUF(LIMIT_IMAP_TOKEN);
	struct login_terms terms;
	int rc;

	login_terms(&i->client.login, &i->client.secure, i->conn, &terms);
	/* The server may offer something else in the meantime. */
	(void)buf_add(&offered, buf_slice(&i->mechanisms));
	terms.conf.offered = buf_slice(&offered);
	rc = is_by_sasl(i, &terms.conf) ? authenticate_best(i, &terms.conf, f) :
	    say_login(i, &terms.conf, f);
	login_forget(&terms);
	buf_free(&offered);
	return rc;
}
