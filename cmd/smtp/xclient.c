/* SPDX-License-Identifier: ISC */
/* xclient: a client behind a proxy; see xclient.h. */

#include "allowance.h"
#include "attributes.h"
#include "auth.h"
#include "log.h"
#include "network.h"
#include "xclient.h"

static int
may_say(const struct session *s)
{
	const struct conf_list *proxies = &s->conf->xclient_from;

	return network_has(proxies->items, proxies->n, &s->peer);
}

/* Users are looked up where there is a file of them. */
static int
takes_login(const struct session *s)
{
	return s->server->submission && s->conf->users != NULL;
}

void
xclient_offer(struct session *s)
{
	if (!s->renamed && may_say(s))
		session_reply(s, "250-XCLIENT " ATTRIBUTES "%s",
		    takes_login(s) ? " LOGIN" : "");
}

/* NULL, or the reply. */
static const char *
login_refusal(struct session *s, const char *login)
{
	struct fail f = { 0 };

	if (login[0] == '\0')
		return NULL;
	if (!takes_login(s))
		return "501 5.5.4 XCLIENT has no LOGIN here";
	switch (store_certified(s->store, slice_str(login), &f)) {
	case 1:
		return NULL;
	case 0:
		return "550 5.7.8 there is no such user";
	default:
		log_line("client=%s user=%s not checked: %s",
		    session_client(s), login, f.text);
		return "451 4.3.0 the user cannot be looked up now";
	}
}

/* All is well: 0, or -1 where the client may have no more connections. */
static int
become(struct session *s, const struct attributes *a)
{
	char proxy[PEER_ADDRESS];
	const char *refusal = NULL;

	memcpy(proxy, session_client(s), strlen(session_client(s)) + 1);
	session_anew(s);
	s->renamed = 1;
	if (a->client.any.sa_family != AF_UNSPEC)
		peer_from_address(&s->peer, &a->client);
	s->peer.local = 0;
	memcpy(s->name, a->name, sizeof(s->name));
	if (a->login[0] != '\0')
		auth_as(s, slice_str(a->login));
	log_line("client=%s by XCLIENT of %s%s%s%s%s", session_client(s),
	    proxy, a->name[0] != '\0' ? " name=" : "", a->name,
	    s->user[0] != '\0' ? " auth=" : "", s->user);
	if (a->client.any.sa_family != AF_UNSPEC)
		refusal = allowance_named(s);
	if (refusal != NULL)
		session_end(s, "%s", refusal);
	return refusal == NULL ? 0 : -1;
}

void
xclient(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	struct attributes a;
	const char *wrong;

	if (s->renamed) {
		session_reply(s, "503 5.5.1 XCLIENT was said before");
	} else if (!may_say(s)) {
		log_line("client=%s refused: XCLIENT", session_client(s));
		session_reply(s, "550 5.7.0 XCLIENT is not for you");
	} else if (conn_pending(s->conn)) {
		session_end(s, "554 5.5.0 something came behind XCLIENT");
	} else if ((wrong = attributes_read(arg, &a)) != NULL) {
		session_reply(s, "501 5.5.4 XCLIENT has %s", wrong);
	} else if ((wrong = login_refusal(s, a.login)) != NULL) {
		session_reply(s, "%s", wrong);
	} else if (become(s, &a) == 0) {
		session_greet(s);
	}
}
