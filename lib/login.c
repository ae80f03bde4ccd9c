/* SPDX-License-Identifier: ISC */
/* login: who logs in at the server, and by what; see login.h. */

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "login.h"
#include "netrc.h"
#include "secret.h"
#include "smtpauth.h"
#include "text.h"

void
login_start(struct login *l)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	l->user = "";
}

int
login_descriptor(struct login *l, const char *value)
{
	uint64_t n;

	if (slice_uint(slice_str(value), 0, INT_MAX, &n) == -1)
		return -1;
	l->fd = (int)n;
	return 0;
}

int
login_option(struct login *l, struct slice key, struct slice value)
{
	if (!slice_eq(key, SLICE("auth-clear")))
		return 0;
	l->clear = slice_eq(value, SLICE("yes"));
	return l->clear || slice_eq(value, SLICE("no")) ? 1 : -1;
}

static enum sasl_mechanism
named(const struct login *l)
{
	return l->mechanism == NULL ? SASL_NONE :
	    sasl_find(slice_str(l->mechanism));
}

int
login_settle(struct login *l, const struct url *u, struct fail *f)
{
	enum sasl_mechanism m = named(l);
	int source = l->command != NULL || l->fd != -1;

	if (u->user[0] != '\0')
		l->user = u->user;
	l->wanted = l->user[0] != '\0' || l->mechanism != NULL || source;
	l->token = m == SASL_OAUTHBEARER || m == SASL_XOAUTH2;
	if (l->mechanism != NULL && m == SASL_NONE)
		return fail_set(f, EX_USAGE, "-A %s: unknown mechanism",
		    TEXT_SHOW(slice_str(l->mechanism)));
	if (l->command != NULL && l->fd != -1)
		return fail_set(f, EX_USAGE, "-p and -P: one of them");
	if (m == SASL_EXTERNAL && source)
		return fail_set(f, EX_USAGE,
		    "-A external: a certificate logs in, not a password");
	if (l->wanted && l->user[0] == '\0' && m != SASL_EXTERNAL)
		return fail_set(f, EX_USAGE,
		    "who logs in? expected a URL such as "
		    "smtp://user@host, %%40 for the @ in a user");
	return 0;
}

/* 1, 0 where there is none for that user, or -1. */
static int
ask_netrc(struct login *l, const struct url *u, struct fail *f)
{
	struct netrc n = { .host = slice_str(u->host),
		.user = slice_str(l->user), .login = BUF(LIMIT_AUTH_NAME),
		.secret = secret_buf() };
	int rc = netrc_read(NULL, &n, f);

	if (rc == 1)
		(void)buf_add(&l->secret, buf_slice(&n.secret));
	buf_free(&n.login);
	buf_wipe(&n.secret);
	return rc;
}

static int
ask_person(struct login *l, const struct url *u, struct fail *f)
{
	char prompt[2 * TEXT_SHOWN + 32];

	(void)snprintf(prompt, sizeof(prompt), "%s for %s at %s: ",
	    l->token ? "Token" : "Password", TEXT_SHOW(slice_str(l->user)),
	    TEXT_SHOW(slice_str(u->host)));
	return secret_terminal(prompt, &l->secret, f);
}

int
login_prepare(struct login *l, const struct url *u, struct fail *f)
{
	int rc;

	if (!l->wanted || l->secret.n > 0 || named(l) == SASL_EXTERNAL)
		return 0;
	l->secret = secret_buf();
	if (l->command != NULL)
		return secret_command(slice_str(l->command),
		    LIMIT_PASSWORD_COMMAND, &l->secret, f);
	if (l->fd != -1)
		return secret_fd(l->fd, &l->secret, f);
	if ((rc = ask_netrc(l, u, f)) != 0)
		return rc == 1 ? 0 : -1;
	return ask_person(l, u, f);
}

/* The channel binding of a session in TLS, in "out": 1; 0 where it has none. */
static int
bind_channel(const struct tls *t, struct buf *out, struct sasl_binding *b)
{
	struct fail ignored = { 0 };

	b->type = "tls-exporter";
	if (tls_binding(t, TLS_EXPORTER, out, &ignored) == -1) {
		b->type = "tls-server-end-point";
		if (tls_binding(t, TLS_SERVER_END_POINT, out, &ignored) == -1)
			return 0;
	}
	b->data = buf_slice(out);
	return 1;
}

/* TLS with nobody knows whom is no reason to show a password, unless it was
 * said that anybody will do. */
static int
is_private(const struct secure *s, const struct tls *t)
{
	if (t != NULL && (s->policy == SECURE_INSECURE ||
	    tls_facts(t)->verified))
		return 1;
	return s->local;
}

int
login_run(const struct login *l, const struct secure *s, struct smtp *smtp,
    struct fail *f)
{
	const struct tls *t = conn_tls(smtp->conn);
	struct buf bytes = BUF(256);
	struct sasl_binding binding;
	struct saslclient_conf conf = {
		.mechanism = l->mechanism,
		.user = slice_str(l->user),
		.secret = buf_slice(&l->secret),
		.token = l->token,
		.private = is_private(s, t),
		.clear_allowed = l->clear,
		.host = s->options.host,
	};
	uint64_t port;
	int rc;

	if (!l->wanted)
		return 0;
	if (named(l) == SASL_EXTERNAL)
		conf.authzid = conf.user;
	if (slice_uint(slice_str(s->options.port), 1, 65535, &port) == 0)
		conf.port = (unsigned)port;
	if (t != NULL && bind_channel(t, &bytes, &binding))
		conf.binding = &binding;
	rc = smtpauth_login(smtp, &conf, f);
	buf_wipe(&bytes);
	return rc;
}

void
login_end(struct login *l)
{
	buf_wipe(&l->secret);
}
