/* SPDX-License-Identifier: ISC */
/* saslclient: the client's side of an authentication; see saslclient.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bearer.h"
#include "limits.h"
#include "mem.h"
#include "saslclient.h"
#include "scram.h"
#include "scramclient.h"
#include "text.h"

struct saslclient {
	struct saslclient_conf conf;
	enum sasl_mechanism mechanism;
	unsigned answered;	    /* responses made */
	struct scramclient *scram;  /* NULL for the others */
	char reason[TEXT_SHOWN];    /* the server's, of a token refused */
};

enum kind { BY_CERTIFICATE, BY_TOKEN, BY_PASSWORD };

typedef int answerer(struct saslclient *c, struct slice challenge,
    struct buf *out, struct fail *f);

/*
 * What each challenge is answered with, by how many were answered before:
 *
 *			first		0		1
 *	EXTERNAL	authzid		-		-
 *	OAUTHBEARER	token		^A (an error)	-
 *	XOAUTH2		token		empty (an error) -
 *	PLAIN		all		-		-
 *	LOGIN		-		name		password
 *	CRAM-MD5	-		digest		-
 *	SCRAM		first message	final message	empty
 */

static int
too_many(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL,
	    "authentication: a challenge where none can be");
}

static int
add_external(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	if (c->answered > 0 || challenge.n > 0)
		return too_many(f);
	return buf_add(out, c->conf.authzid);
}

static int
add_plain(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	if (c->answered > 0 || challenge.n > 0)
		return too_many(f);
	return buf_add(out, c->conf.authzid) == 0 && buf_addc(out, 0) == 0 &&
	    buf_add(out, c->conf.user) == 0 && buf_addc(out, 0) == 0 ?
	    buf_add(out, c->conf.secret) : -1;
}

/* What the prompts say is not looked at: servers write what they like. */
static int
add_login(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	(void)challenge;
	if (c->answered > 1)
		return too_many(f);
	return buf_add(out, c->answered == 0 ? c->conf.user : c->conf.secret);
}

static int
add_cram(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	char digest[SASL_CRAM_DIGEST];

	if (c->answered > 0 || challenge.n == 0)
		return too_many(f);
	if (sasl_cram_md5(c->conf.secret, challenge, digest, f) == -1)
		return -1;
	return buf_add(out, c->conf.user) == 0 && buf_addc(out, ' ') == 0 ?
	    buf_adds(out, digest) : -1;
}

/* A challenge after the token is the server's reason to refuse it, which has
 * to be answered before it refuses (RFC 7628, 3.2.3). */
static int
add_dummy(struct saslclient *c, struct slice reason, struct buf *out,
    struct fail *f)
{
	if (c->answered > 1)
		return too_many(f);
	(void)text_show(c->reason, reason);
	return c->mechanism == SASL_OAUTHBEARER ? buf_addc(out, 1) : 0;
}

static int
add_token(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	const struct saslclient_conf *conf = &c->conf;
	struct bearer b = {
		conf->authzid.n > 0 ? conf->authzid : conf->user,
		conf->secret, conf->host, conf->port,
	};

	return c->answered > 0 ? add_dummy(c, challenge, out, f) :
	    bearer_write(c->mechanism, &b, out);
}

static int
add_scram(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	return scramclient_step(c->scram, challenge, out, f);
}

static const struct {
	answerer *answer;
	enum kind kind;
	int server_first;
} mechanisms[SASL_MECHANISMS] = {
	[SASL_EXTERNAL] = { add_external, BY_CERTIFICATE, 0 },
	[SASL_SCRAM_PLUS] = { add_scram, BY_PASSWORD, 0 },
	[SASL_SCRAM] = { add_scram, BY_PASSWORD, 0 },
	[SASL_OAUTHBEARER] = { add_token, BY_TOKEN, 0 },
	[SASL_XOAUTH2] = { add_token, BY_TOKEN, 0 },
	[SASL_PLAIN] = { add_plain, BY_PASSWORD, 0 },
	[SASL_LOGIN] = { add_login, BY_PASSWORD, 1 },
	[SASL_CRAM_MD5] = { add_cram, BY_PASSWORD, 1 },
};

static enum kind
kind_of(const struct saslclient_conf *conf)
{
	if (conf->secret.n == 0)
		return BY_CERTIFICATE;
	return conf->token ? BY_TOKEN : BY_PASSWORD;
}

static int
may_use(const struct saslclient_conf *conf, enum sasl_mechanism m)
{
	return mechanisms[m].kind == kind_of(conf) &&
	    (m != SASL_SCRAM_PLUS || conf->binding != NULL);
}

static int
is_private(const struct saslclient_conf *conf, enum sasl_mechanism m)
{
	return !sasl_is_clear(m) || conf->private || conf->clear_allowed;
}

/* The mechanisms that the server offers, as bits. */
static unsigned
offered(struct slice words)
{
	unsigned set = 0;
	struct slice word;

	while (slice_word(&words, &word))
		set |= 1U << sasl_find(word);
	return set;
}

static int
refuse_clear(const char *name, struct fail *f)
{
	return fail_set(f, EX_NOPERM, "authentication: %s would show the "
	    "password or token to whoever listens", name);
}

static enum sasl_mechanism
choose(const struct saslclient_conf *conf, struct fail *f)
{
	unsigned set = offered(conf->offered), m, open = SASL_NONE;

	for (m = SASL_NONE + 1; m < SASL_MECHANISMS; m++)
		if (set & 1U << m &&
		    may_use(conf, (enum sasl_mechanism)m)) {
			if (is_private(conf, (enum sasl_mechanism)m))
				return (enum sasl_mechanism)m;
			open = m;
		}
	if (open != SASL_NONE)
		(void)refuse_clear(sasl_name((enum sasl_mechanism)open), f);
	else
		(void)fail_set(f, EX_NOPERM, "authentication: the server "
		    "offers no mechanism that can be used (%s)",
		    TEXT_SHOW(conf->offered));
	return SASL_NONE;
}

/* The one that the user wants, offered or not: the server will say it. */
static enum sasl_mechanism
forced(const struct saslclient_conf *conf, struct fail *f)
{
	enum sasl_mechanism m = sasl_find(slice_str(conf->mechanism));

	if (m == SASL_NONE)
		(void)fail_set(f, EX_CONFIG,
		    "authentication: %s: unknown mechanism",
		    TEXT_SHOW(slice_str(conf->mechanism)));
	else if (!may_use(conf, m))
		(void)fail_set(f, EX_CONFIG, "authentication: %s %s",
		    sasl_name(m), m == SASL_SCRAM_PLUS &&
		    kind_of(conf) == BY_PASSWORD ? "needs TLS" :
		    mechanisms[m].kind == BY_CERTIFICATE ?
		    "takes no password" : mechanisms[m].kind == BY_TOKEN ?
		    "needs a token" : "needs a password");
	else if (!is_private(conf, m))
		(void)refuse_clear(sasl_name(m), f);
	else
		return m;
	return SASL_NONE;
}

/* What no mechanism can send, or what would end a field of one. */
static int
check_names(const struct saslclient_conf *conf, enum sasl_mechanism m,
    struct fail *f)
{
	if (m != SASL_EXTERNAL && !sasl_name_ok(conf->user))
		return fail_set(f, EX_DATAERR,
		    "authentication: %s: cannot be a user's name",
		    TEXT_SHOW(conf->user));
	if (conf->authzid.n > 0 && !sasl_name_ok(conf->authzid))
		return fail_set(f, EX_DATAERR,
		    "authentication: %s: cannot be a user's name",
		    TEXT_SHOW(conf->authzid));
	if (conf->authzid.n > 0 && (m == SASL_LOGIN || m == SASL_CRAM_MD5 ||
	    m == SASL_XOAUTH2))
		return fail_set(f, EX_CONFIG, "authentication: %s cannot act "
		    "as another user", sasl_name(m));
	if (conf->secret.n > LIMIT_SECRET ||
	    slice_find(conf->secret, '\0') < conf->secret.n)
		return fail_set(f, EX_DATAERR, "authentication: a password "
		    "with a NUL, or longer than %d bytes", LIMIT_SECRET);
	if (mechanisms[m].kind == BY_TOKEN && !sasl_token_ok(conf->secret))
		return fail_set(f, EX_DATAERR, "authentication: a token with "
		    "spaces or control characters");
	return 0;
}

/* A client that could bind says so, where the server seems not to: if it does,
 * then somebody between took that out of its list (RFC 5802, 6). */
static int
start_scram(struct saslclient *c, struct fail *f)
{
	struct scramclient_conf conf = { c->conf.user, c->conf.authzid,
		c->conf.secret, 'n', c->conf.binding, NULL };
	unsigned set = offered(c->conf.offered);

	if (c->mechanism == SASL_SCRAM_PLUS)
		conf.flag = 'p';
	else if (c->mechanism != SASL_SCRAM)
		return 0;
	else if (c->conf.binding != NULL && !(set & 1U << SASL_SCRAM_PLUS) &&
	    set & 1U << SASL_SCRAM)
		conf.flag = 'y';
	c->scram = scramclient_new(&conf, f);
	return c->scram == NULL ? -1 : 0;
}

struct saslclient *
saslclient_new(const struct saslclient_conf *conf, struct fail *f)
{
	enum sasl_mechanism m = conf->mechanism != NULL ? forced(conf, f) :
	    choose(conf, f);
	struct saslclient *c;

	if (m == SASL_NONE || check_names(conf, m, f) == -1)
		return NULL;
	c = mem_alloc(sizeof(*c));
	c->conf = *conf;
	c->mechanism = m;
	if (start_scram(c, f) == -1)
		saslclient_free(&c);
	return c;
}

int
saslclient_fits(const struct saslclient_conf *conf)
{
	struct saslclient *c;
	struct fail why = { 0 };
	int fits;

	if (conf->mechanism != NULL || conf->token)
		return 1;
	c = saslclient_new(conf, &why);
	fits = c != NULL || why.class != EX_NOPERM;
	saslclient_free(&c);
	return fits;
}

enum sasl_mechanism
saslclient_mechanism(const struct saslclient *c)
{
	return c->mechanism;
}

/* Where "f" is not filled the response has no room in "out". */
static int
answer(struct saslclient *c, struct slice challenge, struct buf *out,
    struct fail *f)
{
	*f = (struct fail){ 0 };
	if (mechanisms[c->mechanism].answer(c, challenge, out, f) == -1)
		return f->class != 0 ? -1 : fail_set(f, EX_DATAERR,
		    "authentication: a response longer than %zu bytes",
		    out->max);
	c->answered++;
	return 0;
}

int
saslclient_first(struct saslclient *c, struct buf *out, struct fail *f)
{
	if (mechanisms[c->mechanism].server_first)
		return 0;
	return answer(c, SLICE(""), out, f) == 0 ? 1 : -1;
}

int
saslclient_step(struct saslclient *c, struct slice challenge,
    struct buf *out, struct fail *f)
{
	return answer(c, challenge, out, f);
}

int
saslclient_end(const struct saslclient *c, struct fail *f)
{
	unsigned needed = c->mechanism == SASL_LOGIN ? 2 : 1;

	if (c->reason[0] != '\0' || c->answered < needed ||
	    (c->scram != NULL && !scramclient_proved(c->scram)))
		return fail_set(f, EX_PROTOCOL, "authentication: the server "
		    "accepted before %s was through",
		    sasl_name(c->mechanism));
	return 0;
}

void
saslclient_refused(const struct saslclient *c, struct fail *f)
{
	size_t n = strlen(f->text);

	if (c->reason[0] != '\0')
		(void)snprintf(f->text + n, sizeof(f->text) - n, " (%s)",
		    c->reason);
}

void
saslclient_free(struct saslclient **c)
{
	if (*c == NULL)
		return;
	scramclient_free(&(*c)->scram);
	explicit_bzero(*c, sizeof(**c));
	free(*c);
	*c = NULL;
}
