/* SPDX-License-Identifier: ISC */
/* gatekeeper: the process behind the gate; see gatekeeper.h. */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apart.h"
#include "credentials.h"
#include "delegate.h"
#include "gateframe.h"
#include "gatekeeper.h"
#include "log.h"
#include "maildrop.h"
#include "mailuser.h"
#include "openssl.h"
#include "password.h"
#include "saslserver.h"
#include "unprivileged.h"

struct keeper {
	const struct server *server;
	int fd; /* to the side of the network */
	struct gatefacts facts;
	struct saslserver_ops ops;
	struct sasl_binding bindings[2];
	struct saslserver_conf conf;
	struct saslserver *sasl; /* NULL: no exchange is begun */
	unsigned asked;
	struct delegate program; /* whose user has the mail */
	struct arena arena;
	struct mailuser user;
};

/* Who asks may have been taken over. */
static int
asks_too_often(struct keeper *k, struct fail *f)
{
	if (++k->asked <= LIMIT_AUTH_ASKED)
		return 0;
	(void)fail_set(f, EX_TEMPFAIL, "too many attempts to log in");
	return 1;
}

static int
run_program(struct keeper *k, struct slice user, struct slice secret,
    struct fail *f)
{
	struct delegate_login l = { .user = user, .secret = secret,
		.client = k->facts.client };

	return delegate_start(&k->program, k->server, &l, f);
}

static int
check_password(void *ctx, struct slice user, struct slice password,
    struct fail *f)
{
	struct keeper *k = ctx;
	const struct conf *conf = &k->server->conf;

	if (asks_too_often(k, f))
		return -1;
	return conf->checkpassword == NULL && conf->users != NULL ?
	    credentials_password(conf, user, password, f) :
	    run_program(k, user, password, f);
}

static int
check_token(void *ctx, struct slice user, struct slice token, struct fail *f)
{
	struct keeper *k = ctx;
	const struct conf *conf = &k->server->conf;

	if (asks_too_often(k, f))
		return -1;
	k->program.token = 1;
	return conf->users != NULL ?
	    credentials_token(conf, user, token, f) :
	    run_program(k, user, token, f);
}

static int
find_verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	struct keeper *k = ctx;

	return asks_too_often(k, f) ? -1 :
	    credentials_verifier(&k->server->conf, user, v, f);
}

/* Takes note of who the client is: nothing but what the connection is like. */
static int
take_facts(struct keeper *k, struct slice bytes)
{
	static const struct saslserver_ops all = { check_password,
		find_verifier, NULL, check_token };
	const struct conf *conf = &k->server->conf;
	struct gatefacts *facts = &k->facts;
	size_t i;

	if (bytes.n != sizeof(*facts))
		return -1;
	memcpy(facts, bytes.p, sizeof(*facts));
	facts->client[sizeof(facts->client) - 1] = '\0';
	facts->client[strspn(facts->client, "0123456789abcdefABCDEF:.")] =
	    '\0';
	facts->certificate[sizeof(facts->certificate) - 1] = '\0';
	if (facts->nbindings > 2)
		return -1;
	for (i = 0; i < facts->nbindings; i++) {
		facts->types[i][sizeof(facts->types[i]) - 1] = '\0';
		if (facts->lengths[i] > GATEFRAME_BINDING)
			return -1;
		k->bindings[i] = (struct sasl_binding){ facts->types[i],
			{ facts->bindings[i], facts->lengths[i] } };
	}
	server_ops(k->server, &all, &k->ops);
	k->conf = (struct saslserver_conf){ .ops = &k->ops, .ctx = k,
		.private = facts->private != 0, .host = conf->hostname,
		.bindings = k->bindings, .nbindings = facts->nbindings };
	if (conf->users != NULL && conf->tls_client_ca != NULL)
		k->conf.certificate = slice_str(facts->certificate);
	return 0;
}

static void
name_user(struct gateanswer *a, struct slice name)
{
	if (name.n >= sizeof(a->user))
		name.n = sizeof(a->user) - 1;
	if (name.n > 0)
		memcpy(a->user, name.p, name.n);
	a->user[name.n] = '\0';
}

static void
do_begin(struct keeper *k, struct slice name, struct gateanswer *a)
{
	saslserver_free(&k->sasl);
	k->sasl = saslserver_new(&k->conf, name, &a->fail);
	a->rc = k->sasl == NULL ? -1 : 0;
}

static void
do_step(struct keeper *k, const struct slice *response, struct buf *out,
    struct gateanswer *a)
{
	if (k->sasl == NULL) {
		(void)fail_set(&a->fail, EX_PROTOCOL, "nothing was begun");
		return;
	}
	a->rc = saslserver_step(k->sasl, response, out, &a->fail);
	name_user(a, saslserver_user(k->sasl));
	a->n = (uint32_t)out->n;
}

static void
do_password(struct keeper *k, struct slice bytes, struct gateanswer *a)
{
	struct slice name;
	int rc;

	(void)slice_until(&bytes, '\0', &name);
	name_user(a, name);
	rc = k->conf.private ? check_password(k, name, bytes, &a->fail) : 0;
	if (rc == 0)
		(void)fail_set(&a->fail, EX_NOPERM, "wrong name or password");
	a->rc = rc == 1 ? SASLSERVER_DONE : -1;
}

/* Becomes the user of the users file: what is given up is what none of them
 * has.  0, or -1. */
static int
become(struct keeper *k, const char *name, struct fail *f)
{
	int rc = mailuser_find(&k->server->conf, slice_str(name), &k->arena,
	    &k->user, f);

	if (rc == 0)
		return fail_set(f, EX_NOPERM, "no such user");
	return rc == -1 ? -1 : mailuser_become(&k->user, f);
}

/* The user logged in: the maildrop, or NULL where there is none, and "a" says
 * why. */
static struct maildrop *
open_maildrop(struct keeper *k, struct gateanswer *a)
{
	struct buf capabilities = BUF(1000);
	struct maildrop_options o = { .utf8 = k->facts.utf8 != 0,
		.trace = k->server->trace,
		.idle = k->server->conf.pop3_idle_timeout };
	struct maildrop *m;

	if (become(k, a->user, &a->fail) == -1) {
		a->rc = -1;
		return NULL;
	}
	server_capabilities(&k->conf, &capabilities);
	o.path = k->user.maildir;
	o.user = k->user.user;
	o.client = k->facts.client[0] == '\0' ? "local" : k->facts.client;
	o.capabilities = arena_str(&k->arena, buf_slice(&capabilities));
	buf_free(&capabilities);
	a->then = k->facts.relayed ? GATEANSWER_TAKE : GATEANSWER_GIVE;
	if ((m = maildrop_open(&o, &a->fail)) == NULL) {
		log_line("client=%s user=%s refused: %s", o.client, o.user,
		    a->fail.text);
		a->then = GATEANSWER_REPLY;
		(void)snprintf(a->line, sizeof(a->line), "%s\r\n",
		    maildrop_refusal(&a->fail));
	}
	return m;
}

/* Where nobody hears it, the next request does not come. */
static int
answer(const struct keeper *k, const struct gateanswer *a,
    const struct buf *out)
{
	return apart_put(k->fd, a, sizeof(*a)) == -1 ||
	    (a->n > 0 && apart_put(k->fd, out->p, a->n) == -1) ? -1 : 0;
}

/* The connection that is handed over; NULL where it is not. */
static struct conn *
take_connection(struct keeper *k)
{
	static char bytes[CONN_IN];
	struct gatehanded h;
	struct conn *c;
	int in, out;

	if (apart_get(k->fd, &h, sizeof(h)) == -1 || h.n > sizeof(bytes) ||
	    (in = apart_take(k->fd)) == -1)
		return NULL;
	out = h.two ? apart_take(k->fd) : in;
	if (out == -1 || apart_get(k->fd, bytes, h.n) == -1)
		return NULL;
	/* It counts the session, and is told to stop it. */
	apart_tie(k->fd);
	c = conn_new(in, out);
	(void)conn_begin(c, (struct slice){ bytes, h.n });
	return c;
}

/* A socket whose other end the side of the network relays to the client. */
static struct conn *
relayed(struct keeper *k, int pair[2])
{
	int rc = apart_give(k->fd, pair[1]);

	(void)close(pair[1]);
	if (rc == 0)
		return conn_new(pair[0], pair[0]);
	(void)close(pair[0]);
	return NULL;
}

/* The rest of this process's life, as the user. */
static void
serve_user(struct keeper *k, struct gateanswer *a)
{
	struct maildrop *m = NULL;
	struct conn *c = NULL;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		a->rc = fail_errno(&a->fail, EX_TEMPFAIL, "socketpair");
	else
		m = open_maildrop(k, a);
	if (answer(k, a, NULL) == 0 && m != NULL)
		c = k->facts.relayed ? relayed(k, pair) : take_connection(k);
	if (c != NULL)
		(void)maildrop_serve(&m, c);
	conn_close(&c);
	maildrop_close(&m);
}

/* The program has opened the maildrop, or said why not. */
static void
serve_program(struct keeper *k, struct gateanswer *a)
{

	a->then = k->program.line[0] == '+' ? GATEANSWER_TAKE :
	    GATEANSWER_REPLY;
	memcpy(a->line, k->program.line, sizeof(a->line));
	if (answer(k, a, NULL) == 0 && a->then == GATEANSWER_TAKE)
		(void)apart_give(k->fd, k->program.fd);
	delegate_end(&k->program);
}

/* Is that login good?  The secret is not needed after it. */
static void
decide(struct keeper *k, uint32_t kind, struct slice bytes,
    struct gateanswer *a)
{
	struct buf out = BUF(LIMIT_AUTH);

	if (kind == GATEFRAME_BEGIN)
		do_begin(k, bytes, a);
	else if (kind == GATEFRAME_PASSWORD)
		do_password(k, bytes, a);
	else
		do_step(k, kind == GATEFRAME_STEP ? &bytes : NULL, &out, a);
	if (a->rc != SASLSERVER_DONE)
		(void)answer(k, a, &out);
	buf_wipe(&out);
}

/* One request: 1; 0 where it was the last. */
static int
carry_out(struct keeper *k, uint32_t kind, char *bytes, size_t n)
{
	struct gateanswer a = { .rc = -1 };
	struct slice given = { bytes, n };

	if (kind == GATEFRAME_FACTS)
		return take_facts(k, given) == 0;
	decide(k, kind, given, &a);
	explicit_bzero(bytes, n);
	if (a.rc != SASLSERVER_DONE)
		return 1;
	saslserver_free(&k->sasl);
	a.n = 0;
	if (k->program.pid != 0)
		serve_program(k, &a);
	else
		serve_user(k, &a);
	return 0;
}

void
gatekeeper(const struct server *server, int fd)
{
	static char bytes[GATEFRAME_MOST];
	struct keeper k = { .server = server, .fd = fd };
	struct gateframe frame;
	int more = 1;

	log_resume();
	while (more && apart_get(fd, &frame, sizeof(frame)) == 0 &&
	    frame.n <= sizeof(bytes) && apart_get(fd, bytes, frame.n) == 0 &&
	    frame.kind <= GATEFRAME_PASSWORD &&
	    (k.conf.ops != NULL || frame.kind == GATEFRAME_FACTS))
		more = carry_out(&k, frame.kind, bytes, frame.n);
	saslserver_free(&k.sasl);
	arena_free(&k.arena);
}

void
gatekeeper_prepare(const struct server *server)
{
	struct fail later; /* it is told to who needs it */

	(void)unprivileged_prepare(&server->conf, &later);
	if (server->conf.users != NULL && server->conf.checkpassword == NULL) {
		(void)password_load(&later);
		(void)openssl_load(&later);
	}
}
