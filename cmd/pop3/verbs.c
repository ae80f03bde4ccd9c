/* SPDX-License-Identifier: ISC */
/* verbs: the commands of POP3 after the login; see verbs.h. */

#include "inventory.h"
#include "limits.h"
#include "log.h"
#include "retrieval.h"
#include "text.h"
#include "update.h"
#include "verb.h"
#include "verbs.h"

enum { TRANSACTION = 1 }; /* the only state here; UPDATE takes no command */

/* RFC 2449, 6; RFC 3206, 4; RFC 6856, 2.1 comes with what the login has. */
static void
capa(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	struct buf *out = conn_out(m->conn);

	(void)arg;
	drop_reply(m, "+OK what can be had");
	if (m->options.capabilities != NULL)
		(void)buf_adds(out, m->options.capabilities);
	(void)buf_adds(out, "TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\n"
	    "AUTH-RESP-CODE\r\nEXPIRE NEVER\r\nIMPLEMENTATION mailpipe\r\n"
	    ".\r\n");
}

static void
noop(void *ctx, struct slice arg)
{
	(void)arg;
	drop_reply(ctx, "+OK");
}

/* What only who has not logged in may say. */
static void
too_late(void *ctx, struct slice arg)
{
	(void)arg;
	drop_reply(ctx, "-ERR you have logged in");
}

static const struct verb verbs[] = {
	/* name   state        arity      secret handler */
	{ "APOP", TRANSACTION, VERB_MAY,  1,     too_late },
	{ "AUTH", TRANSACTION, VERB_MAY,  1,     too_late },
	{ "CAPA", TRANSACTION, VERB_NONE, 0,     capa },
	{ "DELE", TRANSACTION, VERB_MUST, 0,     update_dele },
	{ "LIST", TRANSACTION, VERB_MAY,  0,     inventory_list },
	{ "NOOP", TRANSACTION, VERB_NONE, 0,     noop },
	{ "PASS", TRANSACTION, VERB_MAY,  1,     too_late },
	{ "QUIT", TRANSACTION, VERB_NONE, 0,     update_quit },
	{ "RETR", TRANSACTION, VERB_MUST, 0,     retrieval_retr },
	{ "RSET", TRANSACTION, VERB_NONE, 0,     update_rset },
	{ "STAT", TRANSACTION, VERB_NONE, 0,     inventory_stat },
	{ "STLS", TRANSACTION, VERB_MAY,  0,     too_late },
	{ "TOP",  TRANSACTION, VERB_MUST, 0,     retrieval_top },
	{ "UIDL", TRANSACTION, VERB_MAY,  0,     inventory_uidl },
	{ "USER", TRANSACTION, VERB_MAY,  0,     too_late },
	{ "UTF8", TRANSACTION, VERB_MAY,  0,     too_late },
};

static void
mistake(struct maildrop *m, const char *what)
{
	drop_reply(m, "-ERR %s", what);
	m->errors++;
}

static void
carry_out(struct maildrop *m, struct slice line)
{
	const struct verb *v = NULL;
	struct slice arg;
	enum verb_result result = verb_match(verbs,
	    sizeof(verbs) / sizeof(verbs[0]), TRANSACTION, line, &v, &arg);

	if (m->options.trace && v != NULL && v->secret)
		log_line("< %s ***", v->name);
	else if (m->options.trace)
		log_line("< %s", TEXT_SHOW(line));
	if (result == VERB_FOUND) {
		m->errors = 0;
		v->handler(m, arg);
	} else if (result == VERB_ARGUMENT) {
		mistake(m, v->arity == VERB_NONE ?
		    "this command takes no argument" :
		    "this command needs an argument");
	} else {
		mistake(m, "there is no such command");
	}
}

void
verbs_take(struct maildrop *m, const struct conn_line *line)
{
	if ((line->flaws & CONN_LONG) != 0)
		mistake(m, "the line is too long");
	else if (line->flaws != 0)
		mistake(m, "a line ends in CRLF and holds no other CR or LF, "
		    "nor NUL");
	else
		carry_out(m, line->text);
	if (m->errors >= LIMIT_ERRORS && !m->ended) {
		drop_reply(m, "-ERR too many errors");
		drop_end(m, EX_TEMPFAIL, "too many errors");
	}
}
