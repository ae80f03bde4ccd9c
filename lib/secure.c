/* SPDX-License-Identifier: ISC */
/* secure: whether a session is in TLS; see secure.h. */

#include <stdlib.h>
#include <string.h>

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

	s->pins = mem_resize(s->pins, n + 1, sizeof(*s->pins));
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

const char *
secure_port(const struct url *u)
{
	if (u->port[0] != '\0')
		return u->port;
	/* No port is LMTP's; 24 is for private mail systems, and 25 must not
	 * be (RFC 2033, 5). */
	if (strcmp(u->scheme, "lmtp") == 0)
		return "24";
	return strcmp(u->scheme, "smtps") == 0 ? "465" : "25";
}

/* Who says whom to trust wants TLS, and to be refused without it. */
static int
check_policy(const struct secure *s, struct fail *f)
{
	const struct tlsclient_options *o = &s->options;

	/* What certificates are signed by counts where MTA-STS asks for it. */
	if (s->automatic)
		return o->npins == 0 ? 0 : fail_set(f, EX_USAGE,
		    "with mx:// pin= is for tls=require alone");
	if (s->implicit && (s->policy == SECURE_NONE ||
	    s->policy == SECURE_MAY))
		return fail_set(f, EX_USAGE,
		    "smtps is TLS: tls=none and tls=may are not for it");
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
secure_settle(struct secure *s, const struct url *u, struct fail *f)
{
	struct tlsclient_options *o = &s->options;

	s->implicit = strcmp(u->scheme, "smtps") == 0;
	if (strcmp(u->scheme, "lmtp") == 0 && strcmp(u->port, "25") == 0)
		return fail_set(f, EX_USAGE, "LMTP must not use port 25");
	s->local = s->via == NULL && url_loopback(u); /* and of pipe: */
	s->automatic = strcmp(u->scheme, "mx") == 0 &&
	    s->policy == SECURE_DEFAULT;
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
	o->port = secure_port(u);
	o->via = s->via;
	o->check = s->policy == SECURE_REQUIRE ? TLSCLIENT_STRICT :
	    TLSCLIENT_LOOK;
	o->fresh = s->look;
	if (s->look)
		o->check = TLSCLIENT_LOOK;
	o->pins = (const unsigned char (*)[TLS_DIGEST])s->pins;
	return check_policy(s, f);
}

static struct tls *
new_session(struct secure *s, struct fail *f)
{
	if (s->client == NULL &&
	    (s->client = tlsclient_new(&s->options, f)) == NULL)
		return NULL;
	return tlsclient_session(s->client, f);
}

/* After a failure: where it was the handshake's, and TLS need not be, mail
 * goes without.  A broken protocol is no reason to say it in clear text. */
static int
give_up(struct secure *s, const struct smtp *smtp, const struct fail *f)
{
	const struct tls *t = conn_tls(smtp->conn);

	if (s->policy != SECURE_MAY || f->class != EX_TEMPFAIL || t == NULL ||
	    tls_facts(t)->version[0] != '\0')
		return -1;
	s->failed = 1;
	return SECURE_AGAIN;
}

static int
start_tls(struct secure *s, struct smtp *smtp, const char *helo,
    struct fail *f)
{
	struct tls *t;
	int rc;

	if ((smtp->offers & SMTP_STARTTLS) == 0) {
		if (s->policy == SECURE_MAY)
			return 0;
		return fail_set(f, EX_TEMPFAIL,
		    "TLS is required, and the server does not offer it");
	}
	if ((t = new_session(s, f)) == NULL)
		return -1;
	rc = smtp_start_tls(smtp, t, helo, f);
	if (rc == 1 && s->policy == SECURE_MAY)
		return 0;
	if (rc == 1) {
		f->class = EX_TEMPFAIL;
		(void)fail_at(f, "TLS is required, and refused");
		return -1;
	}
	return rc == -1 ? give_up(s, smtp, f) : rc;
}

static int
begin_in_tls(struct secure *s, struct smtp *smtp, struct conn *c,
    struct fail *f)
{
	struct tls *t;

	if ((t = new_session(s, f)) == NULL)
		return -1;
	conn_timeout(c, smtp->timeout != 0 ? smtp->timeout : LIMIT_HANDSHAKE);
	return conn_start_tls(c, t, f);
}

int
secure_open(struct secure *s, struct smtp *smtp, struct conn *c,
    const char *helo, struct fail *f)
{
	s->opened = 0;
	if (s->implicit && begin_in_tls(s, smtp, c, f) == -1) {
		conn_close(&c);
		smtp->dead = 1;
		return -1;
	}
	if (smtp_open(smtp, c, helo, f) == -1)
		return -1;
	s->opened = 1;
	if (s->implicit || s->failed || s->policy == SECURE_NONE)
		return 0;
	return start_tls(s, smtp, helo, f);
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
