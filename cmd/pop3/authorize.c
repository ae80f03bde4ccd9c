/* SPDX-License-Identifier: ISC */
/* authorize: a client logs in; see authorize.h. */

#include "authorize.h"
#include "log.h"
#include "text.h"

/* What is offered depends on whether somebody decides, not on who: that is the
 * other process. */
static int
never(void *ctx, struct slice user, struct slice secret, struct fail *f)
{
	(void)ctx;
	(void)user;
	(void)secret;
	return fail_set(f, EX_SOFTWARE, "asked in the wrong process");
}

static int
never_verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	(void)v;
	return never(ctx, user, user, f);
}

void
authorize_capabilities(const struct entry *e, struct buf *out)
{
	static const struct saslserver_ops all = { never, never_verifier, NULL,
		never };
	const struct conf *conf = &e->server->conf;
	struct saslask_channel channel;
	struct saslserver_ops ops = { NULL, NULL, NULL, NULL };
	struct saslserver_conf sasl = { .ops = &ops,
		.private = entry_is_private(e) };

	saslask_channel_of(&channel, e->conn);
	/* In clear text from elsewhere not even SCRAM: who stands in between
	 * could wait until it is over, and go on as the user. */
	if (sasl.private)
		server_ops(e->server, &all, &ops);
	if (conf->users != NULL && conf->tls_client_ca != NULL)
		sasl.certificate = channel.certificate;
	sasl.bindings = channel.bindings;
	sasl.nbindings = channel.nbindings;
	server_capabilities(&sasl, out);
	saslask_channel_free(&channel);
}

/* "user" may say anything, so the address is what the line ends in. */
static void
refuse(struct entry *e, struct slice user)
{
	log_line("auth failed user=%s client=%s", TEXT_SHOW(user),
	    entry_client(e));
	saslask_pause(++e->failures);
	if (e->failures >= LIMIT_AUTH_FAILURES)
		entry_end(e, "-ERR [AUTH] too many attempts to log in");
	else
		entry_fault(e, "-ERR [AUTH] wrong name or password");
}

/* Why nobody is logged in. */
static void
fail(struct entry *e, const struct fail *f)
{
	struct slice user = slice_str(gate_user(e->gate));

	if (f->class == EX_NOPERM) {
		refuse(e, user);
		return;
	}
	if (f->class == EX_PROTOCOL) {
		entry_reply(e, "-ERR not a response of that mechanism");
		return;
	}
	log_line("client=%s user=%s not checked: %s", entry_client(e),
	    TEXT_SHOW(user), f->text);
	entry_fault(e, "-ERR [SYS/%s] nobody can log in now",
	    f->class == EX_TEMPFAIL ? "TEMP" : "PERM");
}

/* The other process goes on with the client. */
static void
pass_on(struct entry *e)
{
	struct fail f = { 0 };

	conn_end(e->conn, 0);
	if (gate_pass(e->gate, e->conn, &f) == -1) {
		log_line("client=%s: %s", entry_client(e), f.text);
		e->status = EX_TEMPFAIL;
	}
	e->ended = 1;
}

static void
tell(struct entry *e, const struct saslask_channel *channel)
{
	gate_tell(e->gate, &(struct gate_client){ .address = e->peer.address,
	    .private = entry_is_private(e),
	    .relayed = conn_tls(e->conn) != NULL, .utf8 = e->utf8,
	    .channel = channel });
}

void
authorize_password(struct entry *e, struct slice password)
{
	struct slice name = slice_str(e->user);
	struct saslask_channel channel;
	struct fail f = { 0 };

	if (name.n == 0) {
		refuse(e, name);
		return;
	}
	saslask_channel_of(&channel, e->conn);
	tell(e, &channel);
	saslask_channel_free(&channel);
	if (gate_password(e->gate, name, password, &f) == SASLSERVER_DONE)
		pass_on(e);
	else
		fail(e, &f);
}

static int
step(void *ctx, const struct slice *given, struct buf *out, struct fail *f)
{
	struct entry *e = ctx;

	return gate_step(e->gate, given, out, f);
}

static int
response(void *ctx, struct conn_line *line)
{
	return entry_line(ctx, LIMIT_AUTH_LINE, line);
}

static void
converse(struct entry *e, struct slice initial)
{
	struct saslask serve = { .conn = e->conn, .prefix = "+ ",
		.trace = e->server->trace, .step = step, .response = response,
		.ctx = e };
	struct fail f = { 0 };

	switch (saslask_run(&serve, initial, &f)) {
	case SASLASK_DONE:
		pass_on(e);
		break;
	case SASLASK_FAILED:
		fail(e, &f);
		break;
	case SASLASK_BASE64:
		entry_reply(e, "-ERR that is not base64");
		break;
	case SASLASK_LONG:
		entry_reply(e, "-ERR the line is too long");
		break;
	case SASLASK_GIVEN_UP:
		entry_reply(e, "-ERR given up");
		break;
	case SASLASK_LOST:
		break;
	}
}

void
authorize_auth(void *ctx, struct slice arg)
{
	struct entry *e = ctx;
	struct saslask_channel channel;
	struct slice name;
	struct fail f = { 0 };

	(void)slice_until(&arg, ' ', &name);
	if (!entry_is_private(e)) {
		entry_reply(e, "-ERR [AUTH] not without TLS");
		return;
	}
	if (conn_pending(e->conn)) {
		entry_end(e, "-ERR something came behind AUTH");
		return;
	}
	saslask_channel_of(&channel, e->conn);
	tell(e, &channel);
	saslask_channel_free(&channel);
	if (gate_begin(e->gate, name, &f) == 0)
		converse(e, arg);
	else if (f.class == EX_UNAVAILABLE)
		entry_reply(e, "-ERR that mechanism is not offered");
	else
		fail(e, &f);
}
