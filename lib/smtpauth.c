/* SPDX-License-Identifier: ISC */
/* smtpauth: AUTH, the client's side; see smtpauth.h. */

#include <stdio.h>

#include "limits.h"
#include "smtpauth.h"

enum {
	COMMAND = 510,	/* RFC 5321, 4.5.3.1.4, without CRLF */
	CHALLENGES = 8, /* of one authentication; SCRAM has two */
};

struct login {
	struct smtp *s;
	struct saslclient *client;
	struct buf bytes;     /* what is to be said, and then in base64: */
	struct buf line;
	struct buf challenge; /* as it came */
	struct reply reply;   /* the last one */
	int held;	      /* the initial response is in "bytes" still */
};

static void
take_line(void *ctx, struct slice line)
{
	struct login *l = ctx;
	struct reply_line part;

	if (reply_split(line, &part) == 0 && part.code == 334) {
		buf_clear(&l->challenge);
		(void)buf_add(&l->challenge, part.text);
		if (part.text.n > 0)
			line = SLICE("334 ***");
	}
	if (l->s->trace != NULL)
		l->s->trace('<', line);
}

static int
say(struct login *l, const char *shown, struct fail *f)
{
	struct smtp_auth a = { .shown = shown, .each = take_line, .ctx = l };

	(void)buf_adds(&l->line, "\r\n");
	a.line = buf_slice(&l->line);
	buf_clear(&l->challenge);
	return smtp_say_auth(l->s, &a, &l->reply, f);
}

/* AUTH with the initial response where it fits in a command line, else the
 * server asks for it (RFC 4954, 4). */
static int
begin(struct login *l, struct fail *f)
{
	const char *name = sasl_name(saslclient_mechanism(l->client));
	char shown[64];
	int first = saslclient_first(l->client, &l->bytes, f);
	size_t length;

	if (first == -1)
		return -1;
	(void)buf_addf(&l->line, "AUTH %s", name);
	length = l->line.n;
	if (first == 1) {
		(void)buf_addc(&l->line, ' ');
		if (sasl_line_write(buf_slice(&l->bytes), 1, &l->line) == -1)
			return fail_set(f, EX_DATAERR, "authentication: a "
			    "response longer than %d bytes", LIMIT_AUTH_LINE);
		if (l->line.n > COMMAND) {
			l->held = 1;
			l->line.n = length;
		}
	}
	(void)snprintf(shown, sizeof(shown), "AUTH %s%s", name,
	    l->line.n > length ? " ***" : "");
	return say(l, shown, f);
}

/* Tells the server that we give up, and why in "f"; what it says to that is
 * not of interest (RFC 4954, 4: 501). */
static int
cancel(struct login *l)
{
	struct fail ignored = { 0 };

	buf_clear(&l->line);
	(void)buf_addc(&l->line, '*');
	(void)say(l, "*", &ignored);
	return -1;
}

/* The challenge as bytes, in place of "bytes", answered by bytes. */
static int
answer(struct login *l, struct fail *f)
{
	struct buf in = BUF(LIMIT_AUTH);
	int rc;

	rc = sasl_line_read(buf_slice(&l->challenge), 0, &in, f);
	if (rc == 1)
		rc = fail_set(f, EX_PROTOCOL,
		    "authentication: a challenge that is no base64");
	if (rc == 0 && l->held) {
		/* Whatever the server asks for it with. */
		l->held = 0;
	} else if (rc == 0) {
		buf_clear(&l->bytes);
		rc = saslclient_step(l->client, buf_slice(&in), &l->bytes, f);
	}
	buf_wipe(&in);
	return rc;
}

static int
respond(struct login *l, struct fail *f)
{
	if (answer(l, f) == -1)
		return cancel(l);
	buf_clear(&l->line);
	if (sasl_line_write(buf_slice(&l->bytes), 0, &l->line) == -1) {
		(void)fail_set(f, EX_DATAERR, "authentication: a response "
		    "longer than %d bytes", LIMIT_AUTH_LINE);
		return cancel(l);
	}
	return say(l, "***", f);
}

/* What a reply that is no challenge comes to.  Whatever 5yz it is, with these
 * credentials there is no way in. */
static int
conclude(struct login *l, struct fail *f)
{
	switch (l->reply.code / 100) {
	case 2:
		return saslclient_end(l->client, f);
	case 4:
	case 5:
		(void)reply_fail(&l->reply, f);
		if (l->reply.code / 100 == 5)
			f->class = EX_NOPERM;
		saslclient_refused(l->client, f);
		return -1;
	default:
		return fail_set(f, EX_PROTOCOL, "%u in answer to AUTH",
		    l->reply.code);
	}
}

static int
converse(struct login *l, struct fail *f)
{
	int n;

	if (begin(l, f) == -1)
		return -1;
	for (n = 0; l->reply.code == 334; n++) {
		if (n == CHALLENGES) {
			(void)fail_set(f, EX_PROTOCOL,
			    "authentication: more than %d challenges", n);
			return cancel(l);
		}
		if (respond(l, f) == -1)
			return -1;
	}
	return conclude(l, f);
}

int
smtpauth_login(struct smtp *s, const struct saslclient_conf *conf,
    struct fail *f)
{
	struct saslclient_conf with = *conf;
	struct login l = { .s = s, .bytes = BUF(LIMIT_AUTH),
		.line = BUF(LIMIT_AUTH_LINE + 64),
		.challenge = BUF(LIMIT_AUTH_LINE) };
	int rc = -1;

	if (s->mechanisms[0] == '\0')
		return fail_set(f, EX_NOPERM,
		    "authentication: the server does not offer it");
	with.offered = slice_str(s->mechanisms);
	/* A buf that does not move leaves no copies. */
	(void)buf_room(&l.bytes, LIMIT_AUTH);
	(void)buf_room(&l.line, LIMIT_AUTH_LINE + 64);
	if ((l.client = saslclient_new(&with, f)) != NULL)
		rc = converse(&l, f);
	saslclient_free(&l.client);
	buf_wipe(&l.bytes);
	buf_wipe(&l.line);
	buf_wipe(&l.challenge);
	return rc;
}
