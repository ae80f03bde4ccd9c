/* SPDX-License-Identifier: ISC */
/* saslserver: the server's side of an authentication; see saslserver.h. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bearer.h"
#include "limits.h"
#include "mem.h"
#include "saslserver.h"
#include "scramserver.h"
#include "text.h"

/*
 * What each response is, by how many came before, and what it is answered
 * with; client-first mechanisms that come without a response get an empty
 * challenge first.
 *
 *			0			1		2
 *	EXTERNAL	authzid: done
 *	OAUTHBEARER	token: done, or JSON	any: refused
 *	XOAUTH2		token: done, or JSON	any: refused
 *	PLAIN		all: done
 *	LOGIN		(Username:) name: Password:  password: done
 *	CRAM-MD5	(challenge) digest: done
 *	SCRAM		first: first		final: final	empty: done
 */
struct saslserver {
	struct saslserver_conf conf;
	enum sasl_mechanism mechanism;
	unsigned taken;		  /* responses */
	int asked;		  /* an empty or a first challenge was sent */
	int ended;
	struct buf user;
	struct buf challenge;	  /* of CRAM-MD5 */
	struct scramserver *scram;
};

static int
malformed(const struct saslserver *s, struct fail *f)
{
	return fail_set(f, EX_PROTOCOL,
	    "authentication: not a response of %s", sasl_name(s->mechanism));
}

/* 1 where a callback said yes; else what is to be told. */
static int
decide(const struct saslserver *s, int answer, struct fail *f)
{
	if (answer == 1)
		return SASLSERVER_DONE;
	return answer == -1 ? -1 : fail_set(f, EX_NOPERM,
	    "authentication: %s: wrong %s", TEXT_SHOW(buf_slice(&s->user)),
	    s->mechanism == SASL_XOAUTH2 ||
	    s->mechanism == SASL_OAUTHBEARER ? "token" : "password");
}

static int
no_such_right(const struct saslserver *s, struct fail *f)
{
	return fail_set(f, EX_NOPERM,
	    "authentication: %s: may not act as another user",
	    TEXT_SHOW(buf_slice(&s->user)));
}

/* Takes over who the client says that it is. */
static int
set_user(struct saslserver *s, struct slice name, struct fail *f)
{
	return sasl_name_ok(name) ? buf_add(&s->user, name) :
	    malformed(s, f);
}

static int
take_external(struct saslserver *s, struct slice authzid, struct buf *out,
    struct fail *f)
{
	(void)out;
	if (set_user(s, s->conf.certificate, f) == -1)
		return -1;
	return authzid.n == 0 || slice_caseeq(authzid, s->conf.certificate) ?
	    SASLSERVER_DONE : no_such_right(s, f);
}

static int
take_plain(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	struct slice authzid, name;

	(void)out;
	if (!slice_until(&in, '\0', &authzid) ||
	    !slice_until(&in, '\0', &name) ||
	    slice_find(in, '\0') < in.n)
		return malformed(s, f);
	if (set_user(s, name, f) == -1)
		return -1;
	if (authzid.n > 0 && !slice_caseeq(authzid, name))
		return no_such_right(s, f);
	return decide(s, s->conf.ops->password(s->conf.ctx, name, in, f), f);
}

static int
take_login(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	if (s->taken == 0)
		return set_user(s, in, f) == 0 ?
		    buf_adds(out, "Password:") : -1;
	if (slice_find(in, '\0') < in.n)
		return malformed(s, f);
	return decide(s, s->conf.ops->password(s->conf.ctx,
	    buf_slice(&s->user), in, f), f);
}

/* The digest is behind the last space, as names may have some. */
static int
take_cram(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	size_t n = in.n;

	(void)out;
	while (n > 0 && in.p[n - 1] != ' ')
		n--;
	if (n == 0 || in.n - n != SASL_CRAM_DIGEST - 1)
		return malformed(s, f);
	if (set_user(s, slice_sub(in, 0, n - 1), f) == -1)
		return -1;
	return decide(s, s->conf.ops->digest(s->conf.ctx,
	    buf_slice(&s->user), buf_slice(&s->challenge),
	    slice_sub(in, n, in.n), f), f);
}

/* A refusal is told first, and comes true with what the client answers (RFC
 * 7628, 3.2.3). */
static int
take_token(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	struct slice token;
	int answer;

	if (s->taken > 0)
		return decide(s, 0, f);
	if (bearer_read(s->mechanism, in, &s->user, &token) == -1)
		return malformed(s, f);
	answer = s->conf.ops->token(s->conf.ctx, buf_slice(&s->user), token,
	    f);
	return answer != 0 ? decide(s, answer, f) :
	    buf_adds(out, bearer_refusal(s->mechanism));
}

/* Made once, for users who are not there, where the callback has none. */
static int
make_up(struct slice user, struct scram_verifier *v, struct fail *f)
{
	static char secret[SCRAM_KEY];
	static int there;

	if (!there && digest_random(secret, sizeof(secret), f) == -1)
		return -1;
	there = 1;
	v->iterations = LIMIT_SCRAM_OURS;
	return scram_fake((struct slice){ secret, sizeof(secret) }, user, v,
	    f);
}

static int
first_of_scram(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	struct scram_verifier v = { 0 };
	struct slice name;
	int known, rc = -1;

	if (scramserver_first(s->scram, in, f) == -1)
		return -1;
	name = scramserver_user(s->scram);
	if (set_user(s, name, f) == -1)
		return -1;
	known = s->conf.ops->verifier(s->conf.ctx, name, &v, f);
	if (known != -1 && (v.iterations != 0 || make_up(name, &v, f) == 0))
		rc = scramserver_challenge(s->scram, &v, known, out, f);
	explicit_bzero(&v, sizeof(v));
	return rc;
}

static int
take_scram(struct saslserver *s, struct slice in, struct buf *out,
    struct fail *f)
{
	switch (s->taken) {
	case 0:
		return first_of_scram(s, in, out, f);
	case 1:
		return scramserver_final(s->scram, in, out, f);
	default:
		return in.n == 0 ? SASLSERVER_DONE : malformed(s, f);
	}
}

static const struct {
	int (*take)(struct saslserver *s, struct slice in, struct buf *out,
	    struct fail *f);
	int server_first;
} mechanisms[SASL_MECHANISMS] = {
	[SASL_EXTERNAL] = { take_external, 0 },
	[SASL_SCRAM_PLUS] = { take_scram, 0 },
	[SASL_SCRAM] = { take_scram, 0 },
	[SASL_OAUTHBEARER] = { take_token, 0 },
	[SASL_XOAUTH2] = { take_token, 0 },
	[SASL_PLAIN] = { take_plain, 0 },
	[SASL_LOGIN] = { take_login, 1 },
	[SASL_CRAM_MD5] = { take_cram, 1 },
};

/* Whether it is there, but for the channel. */
static int
can_do(const struct saslserver_conf *conf, enum sasl_mechanism m)
{
	switch (m) {
	case SASL_EXTERNAL:
		return conf->certificate.n > 0;
	case SASL_SCRAM_PLUS:
		return conf->ops->verifier != NULL && conf->nbindings > 0;
	case SASL_SCRAM:
		return conf->ops->verifier != NULL;
	case SASL_OAUTHBEARER:
	case SASL_XOAUTH2:
		return conf->ops->token != NULL;
	case SASL_PLAIN:
	case SASL_LOGIN:
		return conf->ops->password != NULL;
	case SASL_CRAM_MD5:
		return conf->ops->digest != NULL;
	default:
		return 0;
	}
}

int
saslserver_offer(const struct saslserver_conf *conf, struct buf *out)
{
	size_t start = out->n;
	unsigned i;

	for (i = SASL_NONE + 1; i < SASL_MECHANISMS; i++) {
		enum sasl_mechanism m = (enum sasl_mechanism)i;

		if (!can_do(conf, m) || (sasl_is_clear(m) && !conf->private))
			continue;
		if ((out->n > start && buf_addc(out, ' ') == -1) ||
		    buf_adds(out, sasl_name(m)) == -1)
			return -1;
	}
	return 0;
}

struct saslserver *
saslserver_new(const struct saslserver_conf *conf, struct slice mechanism,
    struct fail *f)
{
	enum sasl_mechanism m = sasl_find(mechanism);
	struct saslserver *s;

	if (!can_do(conf, m)) {
		(void)fail_set(f, EX_UNAVAILABLE, "authentication: %s is not "
		    "offered", TEXT_SHOW(mechanism));
		return NULL;
	}
	if (sasl_is_clear(m) && !conf->private) {
		(void)fail_set(f, EX_NOPERM, "authentication: %s needs TLS",
		    sasl_name(m));
		return NULL;
	}
	s = mem_alloc(sizeof(*s));
	s->conf = *conf;
	s->mechanism = m;
	s->user = BUF(LIMIT_AUTH_NAME);
	s->challenge = BUF(LIMIT_AUTH_NAME);
	if (m == SASL_SCRAM || m == SASL_SCRAM_PLUS)
		s->scram = scramserver_new(&(struct scramserver_conf){
		    m == SASL_SCRAM_PLUS, conf->bindings, conf->nbindings,
		    NULL });
	return s;
}

/* RFC 2195, 2: a message identifier that nobody had before. */
static int
add_challenge(struct saslserver *s, struct buf *out, struct fail *f)
{
	uint64_t number;

	if (s->mechanism == SASL_LOGIN)
		return buf_adds(out, "Username:");
	if (digest_random(&number, sizeof(number), f) == -1)
		return -1;
	if (buf_addf(&s->challenge, "<%ju.%jd@%.255s>", (uintmax_t)number,
	    (intmax_t)time(NULL), s->conf.host) == -1)
		return fail_set(f, EX_SOFTWARE,
		    "authentication: no room for a challenge");
	return buf_add(out, buf_slice(&s->challenge));
}

int
saslserver_step(struct saslserver *s, const struct slice *response,
    struct buf *out, struct fail *f)
{
	int rc, first = mechanisms[s->mechanism].server_first;

	/* Some clients send the name for LOGIN at once. */
	if (!s->asked && (response == NULL ||
	    (first && s->mechanism != SASL_LOGIN))) {
		s->asked = 1;
		if (response != NULL)
			return malformed(s, f);
		return first ? add_challenge(s, out, f) : SASLSERVER_MORE;
	}
	s->asked = 1;
	if (response == NULL || response->n > LIMIT_AUTH || s->ended)
		return malformed(s, f);
	rc = mechanisms[s->mechanism].take(s, *response, out, f);
	s->taken++;
	s->ended = rc != SASLSERVER_MORE;
	return rc;
}

struct slice
saslserver_user(const struct saslserver *s)
{
	return buf_slice(&s->user);
}

enum sasl_mechanism
saslserver_mechanism(const struct saslserver *s)
{
	return s->mechanism;
}

void
saslserver_free(struct saslserver **s)
{
	if (*s == NULL)
		return;
	scramserver_free(&(*s)->scram);
	buf_free(&(*s)->user);
	buf_free(&(*s)->challenge);
	free(*s);
	*s = NULL;
}
