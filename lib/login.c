/* SPDX-License-Identifier: ISC */
/* login: who logs in at the server, and by what; see login.h. */

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "login.h"
#include "netrc.h"
#include "secret.h"
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
	return l->mechanism == NULL || l->own ? SASL_NONE :
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
	if (l->mechanism != NULL && !l->own && m == SASL_NONE)
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
		    "%s://user@host, %%40 for the @ in a user", l->scheme);
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

/* The channel binding of a session in TLS: 1; 0 where it has none. */
static int
bind_channel(const struct tls *tls, struct login_terms *t)
{
	struct fail ignored = { 0 };

	t->binding.type = "tls-exporter";
	if (tls_binding(tls, TLS_EXPORTER, &t->bytes, &ignored) == -1) {
		t->binding.type = "tls-server-end-point";
		if (tls_binding(tls, TLS_SERVER_END_POINT, &t->bytes,
		    &ignored) == -1)
			return 0;
	}
	t->binding.data = buf_slice(&t->bytes);
	return 1;
}

void
login_terms(const struct login *l, const struct secure *s,
    const struct conn *c, struct login_terms *t)
{
	uint64_t port;

	t->bytes = BUF(256);
	t->conf = (struct saslclient_conf){
		.mechanism = l->own ? NULL : l->mechanism,
		.user = slice_str(l->user),
		.secret = buf_slice(&l->secret),
		.token = l->token,
		.private = secure_private(s, c),
		.clear_allowed = l->clear,
		.host = s->options.host,
	};
	if (named(l) == SASL_EXTERNAL)
		t->conf.authzid = t->conf.user;
	if (slice_uint(slice_str(s->options.port), 1, 65535, &port) == 0)
		t->conf.port = (unsigned)port;
	if (conn_tls(c) != NULL && bind_channel(conn_tls(c), t))
		t->conf.binding = &t->binding;
}

void
login_forget(struct login_terms *t)
{
	buf_wipe(&t->bytes);
}

void
login_end(struct login *l)
{
	buf_wipe(&l->secret);
}
