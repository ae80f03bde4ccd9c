/* SPDX-License-Identifier: ISC */
/* saslchat: the conversation of an authentication; see saslchat.h. */

#include <stdio.h>

#include "limits.h"
#include "saslchat.h"

enum {
	CHALLENGES = 8, /* of one authentication; SCRAM has two */
	SHOWN = 96,
};

struct talk {
	const struct saslchat *chat;
	struct saslclient *client;
	struct buf bytes;     /* what is to be said, and then in base64: */
	struct buf line;
	struct buf challenge; /* as it came */
	int held;	      /* the initial response is in "bytes" still */
};

static enum saslchat_answer
say(struct talk *t, const char *shown, struct fail *f)
{
	struct saslchat_line line = { .shown = shown };

	(void)buf_adds(&t->line, "\r\n");
	line.text = buf_slice(&t->line);
	buf_clear(&t->challenge);
	return t->chat->say(t->chat->ctx, &line, &t->challenge, f);
}

static int
too_long(struct fail *f)
{
	return fail_set(f, EX_DATAERR, "authentication: a response longer "
	    "than %d bytes", LIMIT_AUTH_LINE);
}

/* The command, with the initial response where it fits in, else the server
 * asks for it (RFC 4954, 4; RFC 5034, 4). */
static enum saslchat_answer
begin(struct talk *t, struct fail *f)
{
	const char *name = sasl_name(saslclient_mechanism(t->client));
	char shown[SHOWN];
	int first = saslclient_first(t->client, &t->bytes, f);
	size_t length;

	if (first == -1)
		return SASLCHAT_LOST;
	(void)buf_addf(&t->line, "%s %s", t->chat->command, name);
	length = t->line.n;
	if (first == 1) {
		(void)buf_addc(&t->line, ' ');
		if (sasl_line_write(buf_slice(&t->bytes), 1, &t->line) == -1)
			return (enum saslchat_answer)too_long(f);
		if (t->line.n > t->chat->longest) {
			t->held = 1;
			t->line.n = length;
		}
	}
	(void)snprintf(shown, sizeof(shown), "%s %s%s", t->chat->command, name,
	    t->line.n > length ? " ***" : "");
	return say(t, shown, f);
}

/* Tells the server that we give up, and why in "f"; what it says to that is
 * not of interest. */
static enum saslchat_answer
cancel(struct talk *t)
{
	struct fail ignored = { 0 };

	buf_clear(&t->line);
	(void)buf_addc(&t->line, '*');
	(void)say(t, "*", &ignored);
	return SASLCHAT_LOST;
}

/* The challenge as bytes, in place of "bytes", answered by bytes. */
static int
answer(struct talk *t, struct fail *f)
{
	struct buf in = BUF(LIMIT_AUTH);
	int rc;

	rc = sasl_line_read(buf_slice(&t->challenge), 0, &in, f);
	if (rc == 1)
		rc = fail_set(f, EX_PROTOCOL,
		    "authentication: a challenge that is no base64");
	if (rc == 0 && t->held) {
		/* Whatever the server asks for it with. */
		t->held = 0;
	} else if (rc == 0) {
		buf_clear(&t->bytes);
		rc = saslclient_step(t->client, buf_slice(&in), &t->bytes, f);
	}
	buf_wipe(&in);
	return rc;
}

static enum saslchat_answer
respond(struct talk *t, struct fail *f)
{
	if (answer(t, f) == -1)
		return cancel(t);
	buf_clear(&t->line);
	if (sasl_line_write(buf_slice(&t->bytes), 0, &t->line) == -1) {
		(void)too_long(f);
		return cancel(t);
	}
	return say(t, "***", f);
}

static int
converse(struct talk *t, struct fail *f)
{
	enum saslchat_answer a = begin(t, f);
	int n;

	for (n = 0; a == SASLCHAT_CHALLENGE; n++) {
		if (n == CHALLENGES) {
			(void)fail_set(f, EX_PROTOCOL,
			    "authentication: more than %d challenges", n);
			a = cancel(t);
		} else {
			a = respond(t, f);
		}
	}
	if (a == SASLCHAT_YES)
		return saslclient_end(t->client, f);
	if (a == SASLCHAT_NO)
		saslclient_refused(t->client, f);
	return -1;
}

int
saslchat_run(const struct saslchat *chat, const struct saslclient_conf *conf,
    struct fail *f)
{
	struct talk t = { .chat = chat, .bytes = BUF(LIMIT_AUTH),
		.line = BUF(LIMIT_AUTH_LINE + SHOWN),
		.challenge = BUF(LIMIT_AUTH_LINE) };
	int rc = -1;

	/* A buf that does not move leaves no copies. */
	(void)buf_room(&t.bytes, LIMIT_AUTH);
	(void)buf_room(&t.line, LIMIT_AUTH_LINE + SHOWN);
	if ((t.client = saslclient_new(conf, f)) != NULL)
		rc = converse(&t, f);
	saslclient_free(&t.client);
	buf_wipe(&t.bytes);
	buf_wipe(&t.line);
	buf_wipe(&t.challenge);
	return rc;
}
