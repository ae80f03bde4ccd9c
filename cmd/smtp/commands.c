/* SPDX-License-Identifier: ISC */
/* commands: which there are, and when; see commands.h. */

#include "auth.h"
#include "chunk.h"
#include "commands.h"
#include "data.h"
#include "envelope.h"
#include "hello.h"
#include "limits.h"
#include "log.h"
#include "starttls.h"
#include "submission.h"
#include "text.h"
#include "verb.h"
#include "xclient.h"

enum {
	S_ANY = S_START | S_HELLO | S_MAIL | S_RCPT | S_CHUNK,
};

static void
do_data(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	/* Who does not wait for 354 does not know what it will be told, and
	 * what it sent may be meant for somebody else. */
	if (conn_pending(s->conn))
		session_end(s, "554 5.5.0 the message came before 354");
	else if (s->binary) /* RFC 3030, 3 */
		session_reply(s, "503 5.5.1 a binary message comes by BDAT");
	else if (s->recipients == 0)
		session_reply(s, "%s 5.5.1 no recipient was accepted",
		    s->server->lmtp ? "503" : "554"); /* RFC 2033, 4.2 */
	else
		data_receive(s);
}

static void
do_rset(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_reset(s);
	session_reply(s, "250 2.0.0 forgotten");
}

static void
do_noop(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "250 2.0.0 here");
}

static void
do_vrfy(void *ctx, struct slice arg)
{
	(void)arg;
	session_reply(ctx, "252 2.5.0 send mail and see");
}

static void
do_help(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_reply(s, "214 2.0.0 %s STARTTLS AUTH MAIL RCPT DATA BDAT RSET "
	    "NOOP VRFY HELP QUIT: see smtpd-inetd(8)",
	    s->server->lmtp ? "LHLO" : "HELO EHLO");
}

static void
do_quit(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	(void)arg;
	session_end(s, "221 2.0.0 %s", s->conf->hostname);
}

static const struct verb verbs[] = { /* RFC 5321, 4.1.1 */
	/* name   states                   arity      secret handler */
	{ "AUTH", S_HELLO,                 VERB_MUST, 1,     auth },
	{ "BDAT", S_ANY,                   VERB_MAY,  0,     chunk_receive },
	{ "DATA", S_MAIL | S_RCPT,         VERB_NONE, 0,     do_data },
	{ "EHLO", S_ANY,                   VERB_MUST, 0,     hello_ehlo },
	{ "HELO", S_ANY,                   VERB_MUST, 0,     hello_helo },
	{ "HELP", S_ANY,                   VERB_MAY,  0,     do_help },
	{ "LHLO", S_ANY,                   VERB_MUST, 0,     hello_lhlo },
	{ "MAIL", S_HELLO,                 VERB_MUST, 0,     submission_mail },
	{ "NOOP", S_ANY,                   VERB_MAY,  0,     do_noop },
	{ "QUIT", S_ANY,                   VERB_NONE, 0,     do_quit },
	{ "RCPT", S_MAIL | S_RCPT,         VERB_MUST, 0,     envelope_rcpt },
	{ "RSET", S_ANY,                   VERB_NONE, 0,     do_rset },
	{ "STARTTLS", S_ANY,               VERB_NONE, 0,     starttls },
	{ "VRFY", S_ANY,                   VERB_MUST, 0,     do_vrfy },
	{ "XCLIENT", S_START | S_HELLO,    VERB_MUST, 0,     xclient },
};

static void
carry_out(struct session *s, struct slice line)
{
	const struct verb *v = NULL;
	enum verb_result result;
	struct slice arg;

	result = verb_match(verbs, sizeof(verbs) / sizeof(verbs[0]), s->state,
	    line, &v, &arg);
	if (s->trace && v != NULL && v->secret)
		log_line("< %s ***", v->name);
	else if (s->trace)
		log_line("< %s", TEXT_SHOW(line));
	switch (result) {
	case VERB_FOUND:
		v->handler(s, arg);
		break;
	case VERB_UNKNOWN:
		if (s->commands == 1 && verb_is_http(line))
			session_end(s, "554 5.5.0 this is not HTTP");
		else
			session_reply(s, "500 5.5.2 unknown command");
		break;
	case VERB_STATE:
		session_reply(s, "503 5.5.1 not now");
		break;
	case VERB_ARGUMENT:
		session_reply(s, "501 5.5.4 %s %s", v->name,
		    v->arity == VERB_NONE ? "takes no argument" :
		    "needs an argument");
		break;
	}
}

/* What is wrong with a line that is no command; NULL: nothing. */
static const char *
wrong_with(const struct conn_line *line)
{
	if ((line->flaws & CONN_LONG) != 0 || (line->text.n > LIMIT_COMMAND &&
	    !slice_casestarts(line->text, SLICE("AUTH "))))
		return "500 5.5.2 the line is too long";
	return line->flaws == 0 ? NULL : "500 5.5.2 a line ends in CRLF and "
	    "holds no other CR or LF, nor NUL";
}

void
commands_take(struct session *s, const struct conn_line *line)
{
	const char *wrong = wrong_with(line);

	s->commands++;
	if (wrong == NULL)
		carry_out(s, line->text);
	/* What a bad BDAT counts is not known, and would be read as
	 * commands. */
	else if (slice_casestarts(line->text, SLICE("BDAT")))
		session_end(s, "%s", wrong);
	else
		session_reply(s, "%s", wrong);
	if (!s->ended && s->errors >= LIMIT_ERRORS)
		session_end(s, "421 4.7.0 too many errors");
}
