/* SPDX-License-Identifier: ISC */
/* entryverbs: the commands of who has not logged in; see entryverbs.h. */

#include <string.h>

#include "authorize.h"
#include "entryverbs.h"
#include "log.h"
#include "text.h"
#include "verb.h"

enum {
	E_ANY = E_START | E_USER,
	COMMAND = 512, /* octets; RFC 2449, 4 has 255 */
};

static void
capa(void *ctx, struct slice arg)
{
	struct entry *e = ctx;
	struct buf *out = conn_out(e->conn);

	(void)arg;
	entry_reply(e, "+OK what can be had");
	authorize_capabilities(e, out);
	if (e->server->tls != NULL && conn_tls(e->conn) == NULL)
		(void)buf_adds(out, "STLS\r\n");
	(void)buf_adds(out, "TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\n"
	    "AUTH-RESP-CODE\r\nEXPIRE NEVER\r\nIMPLEMENTATION mailpipe\r\n"
	    ".\r\n");
}

static void
quit(void *ctx, struct slice arg)
{
	(void)arg;
	entry_end(ctx, "+OK nothing was changed");
}

/* What was said in clear text may have been said by anybody (RFC 2595, 4). */
static void
forget(struct entry *e)
{
	e->state = E_START;
	e->user[0] = '\0';
	e->utf8 = 0;
}

static void
stls(void *ctx, struct slice arg)
{
	struct entry *e = ctx;
	struct fail f = { 0 };
	struct tls *t;

	(void)arg;
	if (e->server->tls == NULL) {
		entry_reply(e, "-ERR TLS is not offered");
	} else if (conn_tls(e->conn) != NULL) {
		entry_reply(e, "-ERR this is TLS already");
	} else if (conn_pending(e->conn)) {
		entry_end(e, "-ERR something came behind STLS");
	} else if ((t = tlsserver_session(e->server->tls, &f)) == NULL) {
		log_line("client=%s no TLS: %s", entry_client(e), f.text);
		entry_fault(e, "-ERR [SYS/TEMP] TLS is not available now");
	} else {
		entry_reply(e, "+OK go ahead");
		if (entry_shake_hands(e, t) == 0)
			forget(e);
	}
}

/* Whoever it is, and nobody in particular where it can be no name. */
static void
user(void *ctx, struct slice arg)
{
	struct entry *e = ctx;

	if (!entry_is_private(e)) {
		entry_reply(e, "-ERR [AUTH] not without TLS");
		return;
	}
	e->user[0] = '\0';
	if (sasl_name_ok(arg)) {
		memcpy(e->user, arg.p, arg.n);
		e->user[arg.n] = '\0';
	}
	e->state = E_USER;
	entry_reply(e, "+OK and the password?");
}

/* A password may end in spaces, which the table takes away. */
static void
pass(void *ctx, struct slice arg)
{
	struct entry *e = ctx;

	(void)arg;
	e->state = E_START;
	authorize_password(e, slice_sub(e->line, strlen("PASS "), e->line.n));
}

/* All names and all messages are in UTF-8, or as they came, anyway. */
static void
utf8(void *ctx, struct slice arg)
{
	struct entry *e = ctx;

	(void)arg;
	e->utf8 = 1;
	entry_reply(e, "+OK");
}

static const struct verb verbs[] = {
	/* name   states   arity      secret handler */
	{ "AUTH", E_ANY,   VERB_MUST, 1,     authorize_auth },
	{ "CAPA", E_ANY,   VERB_NONE, 0,     capa },
	{ "PASS", E_USER,  VERB_MAY,  1,     pass },
	{ "QUIT", E_ANY,   VERB_NONE, 0,     quit },
	{ "STLS", E_ANY,   VERB_NONE, 0,     stls },
	{ "USER", E_ANY,   VERB_MUST, 0,     user },
	{ "UTF8", E_ANY,   VERB_NONE, 0,     utf8 },
};

static void
carry_out(struct entry *e, struct slice line)
{
	const struct verb *v = NULL;
	struct slice arg;
	enum verb_result result = verb_match(verbs,
	    sizeof(verbs) / sizeof(verbs[0]), e->state, line, &v, &arg);

	if (e->server->trace && v != NULL && v->secret)
		log_line("< %s ***", v->name);
	else if (e->server->trace)
		log_line("< %s", TEXT_SHOW(line));
	e->line = line;
	switch (result) {
	case VERB_FOUND:
		v->handler(e, arg);
		break;
	case VERB_UNKNOWN:
		if (e->commands == 1 && verb_is_http(line))
			entry_end(e, "-ERR this is not HTTP");
		else
			entry_reply(e, "-ERR no such command before a login");
		break;
	case VERB_STATE:
		entry_reply(e, "-ERR USER comes first");
		break;
	case VERB_ARGUMENT:
		entry_reply(e, "-ERR %s %s", v->name,
		    v->arity == VERB_NONE ? "takes no argument" :
		    "needs an argument");
		break;
	}
}

/* What is wrong with a line that is no command; NULL: nothing.  AUTH alone may
 * be longer (RFC 5034, 4). */
static const char *
wrong_with(const struct conn_line *line)
{
	if ((line->flaws & CONN_LONG) != 0 || (line->text.n > COMMAND &&
	    !slice_casestarts(line->text, SLICE("AUTH "))))
		return "the line is too long";
	return line->flaws == 0 ? NULL : "a line ends in CRLF and holds no "
	    "other CR or LF, nor NUL";
}

void
entryverbs_take(struct entry *e, const struct conn_line *line)
{
	const char *wrong = wrong_with(line);

	e->commands++;
	if (wrong == NULL)
		carry_out(e, line->text);
	else
		entry_reply(e, "-ERR %s", wrong);
	if (!e->ended && e->errors >= LIMIT_ERRORS)
		entry_end(e, "-ERR too many errors");
}
