/* SPDX-License-Identifier: ISC */
/* auth: AUTH, the server's side; see auth.h. */

#include <stdio.h>

#include "auth.h"
#include "credentials.h"
#include "log.h"
#include "saslask.h"
#include "text.h"

/* What saslserver is told of the session. */
struct exchange {
	struct session *session;
	struct saslserver_ops ops;
	struct saslserver_conf conf;
	struct saslask_channel channel;
	struct saslserver *sasl;
};

static int
check_password(void *ctx, struct slice user, struct slice password,
    struct fail *f)
{
	struct session *s = ctx;

	return store_password(s->store, user, password, f);
}

static int
check_token(void *ctx, struct slice user, struct slice token, struct fail *f)
{
	struct session *s = ctx;

	return store_token(s->store, user, token, f);
}

static int
find_verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	struct session *s = ctx;

	return store_verifier(s->store, user, v, f);
}

static void
begin(struct exchange *e, struct session *s)
{
	*e = (struct exchange){ .session = s };
	saslask_channel_of(&e->channel, s->conn);
	if (credentials_has_passwords(s->conf))
		e->ops.password = check_password;
	if (credentials_has_verifiers(s->conf))
		e->ops.verifier = find_verifier;
	if (credentials_has_tokens(s->conf))
		e->ops.token = check_token;
	e->conf = (struct saslserver_conf){ .ops = &e->ops, .ctx = s,
		.private = conn_tls(s->conn) != NULL || s->peer.local,
		.host = s->conf->hostname, .bindings = e->channel.bindings,
		.nbindings = e->channel.nbindings };
	/* A proxy's certificate is not that of its client. */
	if (s->conf->users != NULL && !s->renamed)
		e->conf.certificate = e->channel.certificate;
}

static void
end(struct exchange *e)
{
	saslserver_free(&e->sasl);
	saslask_channel_free(&e->channel);
}

/* In clear text from elsewhere not even SCRAM: who stands in between could
 * wait until it is over, and go on as the user. */
static int
is_private(const struct session *s)
{
	return conn_tls(s->conn) != NULL || s->peer.local;
}

int
auth_is_offered(const struct session *s)
{
	return s->server->submission && is_private(s);
}

void
auth_offer(struct session *s)
{
	struct buf names = BUF(400);
	struct exchange e;

	if (!auth_is_offered(s))
		return;
	begin(&e, s);
	if (saslserver_offer(&e.conf, &names) == 0 && names.n > 0)
		session_reply(s, "250-AUTH %s", buf_str(&names));
	end(&e);
	buf_free(&names);
}

/* "user" may say anything, so the address is what the line ends in. */
static void
refuse(struct session *s, struct slice user)
{
	log_line("auth failed user=%s client=%s", TEXT_SHOW(user),
	    session_client(s));
	saslask_pause(++s->failures);
	if (s->failures >= LIMIT_AUTH_FAILURES)
		session_end(s, "421 4.7.0 too many attempts to log in");
	else
		session_reply(s, "535 5.7.8 wrong name or password");
}

/* An address, where the name is only half of one: of the first of our domains,
 * as userauth.h has it. */
void
auth_as(struct session *s, struct slice name)
{
	size_t i;
	int whole = slice_find(name, '@') < name.n;

	(void)snprintf(s->user, sizeof(s->user), "%.*s%s%s", SLICE_ARG(name),
	    whole ? "" : "@", whole || s->conf->ndomains == 0 ? "" :
	    s->conf->domains[0]);
	for (i = 0; s->user[i] != '\0'; i++)
		s->user[i] = (char)slice_lower(s->user[i]);
}

/* The certificate says who, and the users file whether they may. */
static int
certified(struct exchange *e, struct fail *f)
{
	int known = store_certified(e->session->store,
	    saslserver_user(e->sasl), f);

	if (known == 0)
		return fail_set(f, EX_NOPERM, "no such user");
	return known == 1 ? SASLSERVER_DONE : -1;
}

/* Why it failed. */
static void
fail(struct exchange *e, const struct fail *f)
{
	struct slice user = saslserver_user(e->sasl);
	struct session *s = e->session;

	if (f->class == EX_PROTOCOL) {
		session_reply(s, "501 5.5.2 not a response of %s",
		    sasl_name(saslserver_mechanism(e->sasl)));
	} else if (f->class == EX_NOPERM) {
		refuse(s, user);
	} else {
		log_line("client=%s user=%s not checked: %s",
		    session_client(s), TEXT_SHOW(user), f->text);
		session_reply(s, "454 4.7.0 nobody can log in now");
	}
}

static int
step(void *ctx, const struct slice *given, struct buf *out, struct fail *f)
{
	struct exchange *e = ctx;
	int rc = saslserver_step(e->sasl, given, out, f);

	return rc == SASLSERVER_DONE &&
	    saslserver_mechanism(e->sasl) == SASL_EXTERNAL ?
	    certified(e, f) : rc;
}

static int
response(void *ctx, struct conn_line *line)
{
	struct exchange *e = ctx;

	return session_line(e->session, LIMIT_AUTH_LINE, line);
}

static void
converse(struct exchange *e, struct slice initial)
{
	struct session *s = e->session;
	struct saslask serve = { .conn = s->conn, .prefix = "334 ",
		.trace = s->trace, .step = step, .response = response,
		.ctx = e };
	struct fail f = { 0 };

	switch (saslask_run(&serve, initial, &f)) {
	case SASLASK_DONE:
		auth_as(s, saslserver_user(e->sasl));
		session_reply(s, "235 2.7.0 welcome");
		break;
	case SASLASK_FAILED:
		fail(e, &f);
		break;
	case SASLASK_BASE64:
		session_reply(s, "501 5.5.2 that is not base64");
		break;
	case SASLASK_LONG:
		session_reply(s, "500 5.5.6 the line is too long");
		break;
	case SASLASK_GIVEN_UP:
		session_reply(s, "501 5.7.0 given up");
		break;
	case SASLASK_LOST:
		break;
	}
}

static void
exchange(struct session *s, struct slice name, struct slice initial)
{
	struct exchange e;
	struct fail f = { 0 };

	begin(&e, s);
	if ((e.sasl = saslserver_new(&e.conf, name, &f)) == NULL)
		session_reply(s, "504 5.5.4 that mechanism is not offered");
	else
		converse(&e, initial);
	end(&e);
}

void
auth(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	struct slice name;

	if (!s->server->submission)
		session_reply(s, "502 5.5.1 nobody logs in here");
	else if (!is_private(s))
		session_reply(s, "538 5.7.11 not without TLS");
	else if (!s->esmtp || s->user[0] != '\0')
		session_reply(s, "503 5.5.1 not %s",
		    s->esmtp ? "again" : "without EHLO");
	else if (conn_pending(s->conn))
		session_end(s, "554 5.5.0 something came behind AUTH");
	else {
		(void)slice_until(&arg, ' ', &name);
		exchange(s, name, arg);
	}
}
