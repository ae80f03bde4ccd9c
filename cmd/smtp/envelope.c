/* SPDX-License-Identifier: ISC */
/* envelope: MAIL and RCPT; see envelope.h. */

#include <string.h>

#include "allowance.h"
#include "assistant.h"
#include "envelope.h"
#include "limits.h"
#include "log.h"
#include "network.h"
#include "parameters.h"
#include "submission.h"
#include "text.h"

/* NULL, or the reply to UTF-8 that the client did not ask for (RFC 6531,
 * 3.5). */
static const char *
refuse_unasked(const struct session *s, const struct addr *a)
{
	return s->utf8 || addr_ascii(a) ? NULL :
	    "553 5.6.7 an address in UTF-8 needs SMTPUTF8";
}

/* Nobody can be told what becomes of the message (RFC 7505, 4.2).  Where that
 * is not known the sender is taken. */
static int
takes_no_mail(const struct session *s, const struct addr *sender)
{
	if (!s->conf->check_sender_domain || sender->domain.n == 0 ||
	    sender->domain.p[0] == '[' ||
	    !assistant_takes_no_mail(s->assistant, sender->domain))
		return 0;
	log_line("client=%s helo=%s from=<%s> refused: null MX",
	    session_client(s), TEXT_SHOW(slice_str(s->helo)), s->sender);
	return 1;
}

void
envelope_mail(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	/* mailq-add completes it. */
	int local = s->server->add ? ADDR_LOCAL : 0;
	const char *refusal;
	struct addr sender;
	struct fail f;

	if (!slice_casestarts(arg, SLICE("FROM:"))) {
		session_reply(s, "501 5.5.4 MAIL needs FROM:<address>");
		return;
	}
	arg = slice_sub(arg, 5, arg.n);
	if (addr_path(&arg, ADDR_NULL | ADDR_UTF8 | local, &sender, &f) == -1) {
		session_reply(s, "501 5.1.7 %.300s", f.text);
		return;
	}
	refusal = parameters_mail(s, arg);
	if (refusal == NULL)
		refusal = refuse_unasked(s, &sender);
	if (refusal == NULL)
		refusal = submission_sender(s, &sender);
	if (refusal == NULL)
		refusal = allowance_message(s);
	if (refusal != NULL) {
		session_reply(s, "%s", refusal);
		return;
	}
	addr_format(s->sender, &sender);
	if (takes_no_mail(s, &sender)) {
		session_reply(s, "550 5.7.27 the sender's domain takes no "
		    "mail");
		session_reset(s);
		return;
	}
	s->state = S_MAIL;
	session_reply(s, "250 2.1.0 sender accepted");
}

/* What the client is not told. */
static void
log_recipient(const struct session *s, const char *to, const char *what,
    const struct fail *f)
{
	log_line("client=%s helo=%s from=<%s> to=<%s> %s%s%s",
	    session_client(s), TEXT_SHOW(slice_str(s->helo)), s->sender, to,
	    what, f->text[0] != '\0' ? ": " : "", f->text);
}

static void
accept_recipient(struct session *s, const char text[ADDR_TEXT],
    enum users_result how, const struct fail *f)
{
	if (f->text[0] != '\0')
		log_recipient(s, text, "accepted in part", f);
	if (s->recipients++ == 0)
		memcpy(s->first, text, ADDR_TEXT);
	if (s->conf->nfilters > 0) {
		(void)buf_adds(&s->to, text);
		(void)buf_addc(&s->to, '\n');
	}
	if (how == USERS_FOUND)
		dsn_accept(s, text);
	s->relayed += how == USERS_RELAYED;
	s->state = S_RCPT;
	session_reply(s, "250 2.1.5 recipient accepted");
}

/* May this client send to other hosts? */
static int
may_relay(const struct session *s)
{
	const struct conf_list *from = &s->conf->relay_for;

	return !s->server->lmtp && (s->server->relay || s->user[0] != '\0' ||
	    network_has(from->items, from->n, &s->peer));
}

static enum users_result
ask_store(struct session *s, const struct addr *a, struct fail *f)
{
	struct buf original = BUF(LIMIT_COMMAND * 6);
	struct depot_recipient r = { .address = *a, .size = s->announced,
		.relay = may_relay(s), .notify = s->dsn.notify };
	enum users_result rc;

	r.original = dsn_original_text(&s->dsn, &original);
	rc = store_recipient(s->store, &r, f);
	buf_free(&original);
	return rc;
}

/* Refuses a recipient; where nothing else is known of why, the log has what the
 * client is told. */
static void
refuse_recipient(struct session *s, const char *to, const char *reply,
    struct fail *f)
{
	session_reply(s, "%s", reply);
	if (f->text[0] == '\0')
		(void)fail_set(f, EX_UNAVAILABLE, "%s", reply);
	log_recipient(s, to, "refused", f);
}

static void
add_recipient(struct session *s, const struct addr *a)
{
	enum users_result how;
	char text[ADDR_TEXT];
	struct fail f = { 0 };

	addr_format(text, a);
	switch ((how = ask_store(s, a, &f))) {
	case USERS_FOUND:
	case USERS_QUEUED:
	case USERS_RELAYED:
		accept_recipient(s, text, how, &f);
		break;
	case USERS_NONE:
		refuse_recipient(s, text, "550 5.1.1 there is no such mailbox",
		    &f);
		break;
	case USERS_ELSEWHERE:
		refuse_recipient(s, text,
		    "550 5.7.1 no mail is taken for that domain", &f);
		break;
	case USERS_TOO_MANY:
		session_reply(s, "452 4.5.3 too many recipients");
		break;
	case USERS_FULL:
		refuse_recipient(s, text, "452 4.2.2 the mailbox is full", &f);
		break;
	case USERS_FAILED:
		log_line("to=<%s> not looked up: %s", text, f.text);
		session_reply(s, "451 4.3.0 the mailbox cannot be looked up "
		    "now");
		break;
	case USERS_NO_QUEUE:
		refuse_recipient(s, text, "451 4.3.0 mail for other hosts "
		    "cannot be sent from here now", &f);
		break;
	}
}

void
envelope_rcpt(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	int local = s->server->add || s->server->relay ? ADDR_LOCAL : 0;
	struct addr recipient;
	const char *refusal;
	struct fail f;

	if (!slice_casestarts(arg, SLICE("TO:"))) {
		session_reply(s, "501 5.5.4 RCPT needs TO:<address>");
		return;
	}
	arg = slice_sub(arg, 3, arg.n);
	if (addr_path(&arg, ADDR_POSTMASTER | ADDR_UTF8 | local, &recipient,
	    &f) == -1)
		session_reply(s, "501 5.1.3 %.300s", f.text);
	else if ((refusal = refuse_unasked(s, &recipient)) != NULL ||
	    (refusal = parameters_rcpt(s, arg)) != NULL)
		session_reply(s, "%s", refusal);
	else if (s->recipients >= s->conf->max_recipients ||
	    s->to.n + ADDR_TEXT > LIMIT_FILTER_TO || !dsn_has_room(&s->dsn))
		session_reply(s, "452 4.5.3 too many recipients");
	else if ((refusal = allowance_recipient(s)) != NULL)
		session_reply(s, "%s", refusal);
	else
		add_recipient(s, &recipient);
}
