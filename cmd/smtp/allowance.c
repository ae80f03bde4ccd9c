/* SPDX-License-Identifier: ISC */
/* allowance: how much each address may ask of us; see allowance.h. */

#include "admission.h"
#include "allowance.h"
#include "log.h"
#include "network.h"

int
allowance_open(struct server *server, struct fail *f)
{
	const struct conf *c = &server->conf;

	if (c->connections_per_minute == 0 && c->messages_per_minute == 0 &&
	    c->recipients_per_minute == 0)
		return 0;
	server->rates = rates_open(f);
	return server->rates == NULL ? -1 : 0;
}

int
allowance_exempt(const struct server *server, const struct peer *peer)
{
	const struct conf_list *proxies = &server->conf.xclient_from;

	return admission_exempt(&server->conf, peer) ||
	    network_has(proxies->items, proxies->n, peer);
}

const char *
allowance_refusal(const struct server *server, uint64_t network)
{
	return admission_refusal(&server->conf, server->rates, network);
}

const char *
allowance_named(struct session *s)
{
	const struct conf_list *proxies = &s->conf->xclient_from;
	const char *why;

	/* A balancer in front of a proxy, which may name whom it is for. */
	if (!s->renamed && network_has(proxies->items, proxies->n, &s->peer))
		return NULL;
	s->named = 1;
	why = admission_named(s->conf, s->server->rates, &s->peer);
	if (why == NULL)
		return NULL;
	log_line("client=%s refused: %s", session_client(s), why);
	return "421 4.7.0 too many connections";
}

/* One more message or recipient: 1, or 0, which is logged. */
static int
may_ask(const struct session *s, enum rates_kind kind, unsigned most,
    const char *what)
{
	if (most == 0 || (!s->named && allowance_exempt(s->server, &s->peer)) ||
	    admission_count(s->server->rates, s->peer.network,
	    (struct rates_limit){ kind, most }))
		return 1;
	log_line("client=%s refused: too many %s in a minute",
	    session_client(s), what);
	return 0;
}

const char *
allowance_message(const struct session *s)
{
	return may_ask(s, RATES_MESSAGES, s->conf->messages_per_minute,
	    "messages") ? NULL :
	    "450 4.7.1 too many messages in a minute, try again later";
}

const char *
allowance_recipient(const struct session *s)
{
	return may_ask(s, RATES_RECIPIENTS, s->conf->recipients_per_minute,
	    "recipients") ? NULL :
	    "450 4.7.1 too many recipients in a minute, try again later";
}
