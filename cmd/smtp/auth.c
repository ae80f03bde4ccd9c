/* SPDX-License-Identifier: ISC */
/* auth: AUTH, the server's side; see auth.h. */

#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "credentials.h"
#include "log.h"
#include "saslserver.h"
#include "text.h"
#include "tls.h"

/* What saslserver is told of the session. */
struct exchange {
	struct session *session;
	struct saslserver_ops ops;
	struct saslserver_conf conf;
	struct sasl_binding bindings[2];
	struct buf data[2];
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
find_verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	struct session *s = ctx;

	return store_verifier(s->store, user, v, f);
}

static void
add_binding(struct exchange *e, const char *type, enum tls_binding which)
{
	size_t n = e->conf.nbindings;
	struct fail ignored; /* the session has none of that kind */

	e->data[n] = BUF(LIMIT_AUTH_NAME);
	if (tls_binding(conn_tls(e->session->conn), which, &e->data[n],
	    &ignored) == -1)
		return;
	e->bindings[n] = (struct sasl_binding){ type, buf_slice(&e->data[n]) };
	e->conf.nbindings++;
}

static void
begin(struct exchange *e, struct session *s)
{
	const struct tls *t = conn_tls(s->conn);
	const struct tls_facts *facts = t != NULL ? tls_facts(t) : NULL;

	*e = (struct exchange){ .session = s };
	if (credentials_has_passwords(s->conf))
		e->ops.password = check_password;
	if (credentials_has_verifiers(s->conf))
		e->ops.verifier = find_verifier;
	e->conf = (struct saslserver_conf){ .ops = &e->ops, .ctx = s,
		.private = t != NULL || s->peer.local,
		.host = s->conf->hostname, .bindings = e->bindings };
	/* A proxy's certificate is not that of its client. */
	if (facts != NULL && facts->verified && s->conf->users != NULL &&
	    !s->renamed)
		e->conf.certificate = slice_str(facts->email);
	if (t != NULL) {
		add_binding(e, "tls-exporter", TLS_EXPORTER);
		add_binding(e, "tls-server-end-point", TLS_SERVER_END_POINT);
	}
}

static void
end(struct exchange *e)
{
	saslserver_free(&e->sasl);
	buf_free(&e->data[0]);
	buf_free(&e->data[1]);
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

/* Each failure costs the client more time: 1 second, 2, 4. */
static void
pause_after(unsigned failures)
{
	struct timespec t = { .tv_sec = 1 };

	while (--failures > 0 && t.tv_sec < LIMIT_AUTH_DELAY)
		t.tv_sec *= 2;
	(void)nanosleep(&t, NULL);
}

/* "user" may say anything, so the address is what the line ends in. */
static void
refuse(struct session *s, struct slice user)
{
	log_line("auth failed user=%s client=%s", TEXT_SHOW(user),
	    session_client(s));
	pause_after(++s->failures);
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

static void
finish(struct exchange *e, int rc, const struct fail *f)
{
	struct slice user = saslserver_user(e->sasl);
	struct session *s = e->session;

	if (rc == SASLSERVER_DONE) {
		auth_as(s, user);
		session_reply(s, "235 2.7.0 welcome");
	} else if (f->class == EX_PROTOCOL) {
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

static void
challenge(struct session *s, struct slice bytes)
{
	struct buf *out = conn_out(s->conn);

	(void)buf_adds(out, "334 ");
	(void)sasl_line_write(bytes, 0, out);
	(void)buf_adds(out, "\r\n");
	if (s->trace)
		log_line("> 334 ***");
}

/* Adds what the client answers to "to": 1; 0 where the exchange is over. */
static int
response(struct session *s, struct buf *to)
{
	struct conn_line line;
	struct fail f;
	int rc;

	if (!session_line(s, LIMIT_AUTH_LINE, &line))
		return 0;
	if (s->trace)
		log_line("< ***");
	if ((line.flaws & CONN_LONG) != 0) {
		session_reply(s, "500 5.5.6 the line is too long");
		return 0;
	}
	rc = line.flaws != 0 ? -1 : sasl_line_read(line.text, 0, to, &f);
	if (rc == 1)
		session_reply(s, "501 5.7.0 given up");
	else if (rc == -1)
		session_reply(s, "501 5.5.2 that is not base64");
	return rc == 0;
}

/* The responses, of which the first is in "in" where there is one. */
static void
converse(struct exchange *e, struct buf *in, int initial)
{
	struct buf out = BUF(LIMIT_AUTH);
	struct slice given = buf_slice(in);
	struct fail f = { 0 };
	int rc;

	rc = saslserver_step(e->sasl, initial ? &given : NULL, &out, &f);
	while (rc == SASLSERVER_MORE) {
		challenge(e->session, buf_slice(&out));
		buf_clear(&out);
		buf_clear(in);
		if (!response(e->session, in))
			break;
		given = buf_slice(in);
		rc = saslserver_step(e->sasl, &given, &out, &f);
	}
	if (rc == SASLSERVER_DONE &&
	    saslserver_mechanism(e->sasl) == SASL_EXTERNAL)
		rc = certified(e, &f);
	if (rc != SASLSERVER_MORE)
		finish(e, rc, &f);
	buf_wipe(&out);
}

static void
exchange(struct session *s, struct slice name, struct slice initial)
{
	struct buf in = BUF(LIMIT_AUTH);
	struct exchange e;
	struct fail f = { 0 };

	(void)buf_room(&in, LIMIT_AUTH); /* so that it does not move */
	begin(&e, s);
	if (initial.n > 0 && sasl_line_read(initial, 1, &in, &f) != 0)
		session_reply(s, "501 5.5.2 that is not base64");
	else if ((e.sasl = saslserver_new(&e.conf, name, &f)) == NULL)
		session_reply(s, "504 5.5.4 that mechanism is not offered");
	else
		converse(&e, &in, initial.n > 0);
	end(&e);
	buf_wipe(&in);
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
