/* SPDX-License-Identifier: ISC */
/* smtpauth: AUTH, the client's side; see smtpauth.h. */

#include "saslchat.h"
#include "smtpauth.h"

enum {
	COMMAND = 510,	/* RFC 5321, 4.5.3.1.4, without CRLF */
};

struct login {
	struct smtp *s;
	struct buf *challenge;
};

static void
take_line(void *ctx, struct slice line)
{
	struct login *l = ctx;
	struct reply_line part;

	if (reply_split(line, &part) == 0 && part.code == 334) {
		buf_clear(l->challenge);
		(void)buf_add(l->challenge, part.text);
		if (part.text.n > 0)
			line = SLICE("334 ***");
	}
	if (l->s->trace != NULL)
		l->s->trace('<', line);
}

/* What a reply comes to.  Whatever 5yz it is, with these credentials there is
 * no way in. */
static enum saslchat_answer
judge(const struct reply *r, struct fail *f)
{
	if (r->code == 334)
		return SASLCHAT_CHALLENGE;
	switch (r->code / 100) {
	case 2:
		return SASLCHAT_YES;
	case 4:
	case 5:
		(void)reply_fail(r, f);
		if (r->code / 100 == 5)
			f->class = EX_NOPERM;
		return SASLCHAT_NO;
	default:
		(void)fail_set(f, EX_PROTOCOL, "%u in answer to AUTH",
		    r->code);
		return SASLCHAT_LOST;
	}
}

static enum saslchat_answer
say(void *ctx, const struct saslchat_line *line, struct buf *challenge,
    struct fail *f)
{
	struct login l = { ctx, challenge };
	struct smtp_auth a = { .line = line->text, .shown = line->shown,
		.each = take_line, .ctx = &l };
	struct reply r;

	if (smtp_say_auth(l.s, &a, &r, f) == -1)
		return SASLCHAT_LOST;
	return judge(&r, f);
}

int
smtpauth_login(struct smtp *s, const struct saslclient_conf *conf,
    struct fail *f)
{
	struct saslclient_conf with = *conf;
	struct saslchat chat = { .command = "AUTH", .longest = COMMAND,
		.say = say, .ctx = s };

	if (s->mechanisms[0] == '\0')
		return fail_set(f, EX_NOPERM,
		    "authentication: the server does not offer it");
	with.offered = slice_str(s->mechanisms);
	return saslchat_run(&chat, &with, f);
}
