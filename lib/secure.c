/* SPDX-License-Identifier: ISC */
/* secure: whether a session is in TLS; see secure.h. */

#include <stdlib.h>

#include "limits.h"
#include "mem.h"
#include "secure.h"
#include "tls.h"

static int
set_policy(struct secure *s, struct slice value)
{
	static const struct {
		const char *name;
		enum secure_policy policy;
	} names[] = {
		{ "insecure", SECURE_INSECURE },
		{ "may", SECURE_MAY },
		{ "none", SECURE_NONE },
		{ "require", SECURE_REQUIRE },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq(value, slice_str(names[i].name))) {
			s->policy = names[i].policy;
			return 1;
		}
	return -1;
}

static int
add_pin(struct secure *s, struct slice value)
{
	size_t n = s->options.npins;

	s->pins = mem_grow(s->pins, n, sizeof(*s->pins));
	if (tlsclient_pin(value, s->pins[n]) == -1)
		return -1;
	s->options.npins++;
	return 1;
}

int
secure_option(struct secure *s, struct slice key, struct slice value)
{
	const char **to = NULL;

	if (slice_eq(key, SLICE("tls")))
		return set_policy(s, value);
	if (slice_eq(key, SLICE("pin")))
		return add_pin(s, value);
	if (slice_eq(key, SLICE("ca")))
		to = &s->options.ca;
	else if (slice_eq(key, SLICE("cert")))
		to = &s->options.cert;
	else if (slice_eq(key, SLICE("key")))
		to = &s->options.key;
	else
		return 0;
	*to = value.p; /* the rest of an argument: a string */
	return value.n > 0 ? 1 : -1;
}

/* Who says whom to trust wants TLS, and to be refused without it. */
static int
check_policy(const struct secure *s, const struct url_scheme *scheme,
    struct fail *f)
{
	const struct tlsclient_options *o = &s->options;

	/* What certificates are signed by counts where MTA-STS asks for it. */
	if (s->automatic)
		return o->npins == 0 ? 0 : fail_set(f, EX_USAGE,
		    "with %s:// pin= is for tls=require alone", scheme->name);
	if (s->implicit && (s->policy == SECURE_NONE ||
	    s->policy == SECURE_MAY))
		return fail_set(f, EX_USAGE,
		    "%s is TLS: tls=none and tls=may are not for it",
		    scheme->name);
	if ((o->ca != NULL || o->npins > 0) && s->policy != SECURE_REQUIRE)
		return fail_set(f, EX_USAGE,
		    "ca= and pin= are for tls=require alone");
	if (o->cert != NULL && s->policy == SECURE_NONE)
		return fail_set(f, EX_USAGE, "cert= is of no use without TLS");
	if (o->key != NULL && o->cert == NULL)
		return fail_set(f, EX_USAGE, "key= is of no use without cert=");
	return 0;
}

int
secure_settle(struct secure *s, const struct url *u,
    const struct url_scheme *scheme, struct fail *f)
{
	struct tlsclient_options *o = &s->options;

	s->implicit = scheme->tls;
	s->local = s->via == NULL && url_loopback(u); /* and of pipe: */
	s->automatic = scheme->automatic && s->policy == SECURE_DEFAULT;
	if (s->automatic)
		s->policy = SECURE_MAY;
	if (s->policy == SECURE_DEFAULT && s->look && !s->implicit &&
	    o->ca == NULL && o->npins == 0)
		s->policy = SECURE_MAY;
	if (s->policy == SECURE_DEFAULT)
		s->policy = s->implicit || !s->local || o->ca != NULL ||
		    o->cert != NULL || o->npins > 0 ? SECURE_REQUIRE :
		    SECURE_NONE;
	o->host = u->host;
	o->port = u->port[0] != '\0' ? u->port : scheme->port;
	o->via = s->via;
	o->check = s->policy == SECURE_REQUIRE ? TLSCLIENT_STRICT :
	    TLSCLIENT_LOOK;
	o->fresh = s->look;
	if (s->look)
		o->check = TLSCLIENT_LOOK;
	o->pins = (const unsigned char (*)[TLS_DIGEST])s->pins;
	return check_policy(s, scheme, f);
}

int
secure_private(const struct secure *s, const struct conn *c)
{
	const struct tls *t = conn_tls(c);

	/* TLS with nobody knows whom is no reason to show a password, unless
	 * it was said that anybody will do. */
	if (t != NULL && (s->policy == SECURE_INSECURE ||
	    tls_facts(t)->verified))
		return 1;
	return s->local;
}

int
secure_wanted(const struct secure *s)
{
	return !s->implicit && !s->failed && s->policy != SECURE_NONE;
}

struct tls *
secure_session(struct secure *s, struct fail *f)
{
	if (s->client == NULL &&
	    (s->client = tlsclient_new(&s->options, f)) == NULL)
		return NULL;
	return tlsclient_session(s->client, f);
}

int
secure_begin(struct secure *s, struct conn *c, unsigned seconds,
    struct fail *f)
{
	struct tls *t;

	if (!s->implicit)
		return 0;
	if ((t = secure_session(s, f)) == NULL)
		return -1;
	conn_timeout(c, seconds != 0 ? seconds : LIMIT_HANDSHAKE);
	return conn_start_tls(c, t, f);
}

int
secure_missing(const struct secure *s, int refused, struct fail *f)
{
	if (s->policy == SECURE_MAY)
		return 0;
	if (!refused)
		return fail_set(f, EX_TEMPFAIL,
		    "TLS is required, and the server does not offer it");
	f->class = EX_TEMPFAIL;
	return fail_at(f, "TLS is required, and refused");
}

/* Where it was the handshake's, and TLS need not be, it goes without.  A broken
 * protocol is no reason to say it in clear text. */
int
secure_failed(struct secure *s, const struct conn *c, const struct fail *f)
{
	const struct tls *t = conn_tls(c);

	if (s->policy != SECURE_MAY || f->class != EX_TEMPFAIL || t == NULL ||
	    tls_facts(t)->version[0] != '\0')
		return -1;
	s->failed = 1;
	return SECURE_AGAIN;
}

void
secure_choose(struct secure *s, const struct secure_host *h)
{
	struct tlsclient_options *o = &s->options;

	tlsclient_free(&s->client);
	s->failed = 0;
	o->host = h->name;
	o->port = h->port;
	o->dane = h->dane;
	if (s->automatic)
		s->policy = h->policy;
	o->check = s->policy == SECURE_REQUIRE && !s->look ?
	    TLSCLIENT_STRICT : TLSCLIENT_LOOK;
}

void
secure_end(struct secure *s)
{
	tlsclient_free(&s->client);
	free(s->pins);
	s->pins = NULL;
}
