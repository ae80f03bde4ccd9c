/* SPDX-License-Identifier: ISC */
/* starttls: the server's side of TLS; see starttls.h. */

#include <string.h>

#include "confined.h"
#include "limits.h"
#include "log.h"
#include "starttls.h"
#include "tls.h"
#include "tlsserver.h"

/* Sessions go on without them; each reason is told once. */
static void
see_to_tickets(struct tlsserver *t)
{
	static char told[sizeof(((struct fail *)NULL)->text)];
	struct fail f = { 0 };

	if (tlsserver_tickets(t, &f) == 0) {
		told[0] = '\0';
	} else if (strcmp(f.text, told) != 0) {
		memcpy(told, f.text, sizeof(told));
		log_line("TLS tickets: %s", f.text);
	}
}

int
starttls_open(const struct conf *conf, struct tlsserver **out, struct fail *f)
{
	struct tlsserver_options o = {
		.certificates = conf->tls_certificates.items,
		.keys = conf->tls_keys.items,
		.n = conf->tls_certificates.n,
		.hostname = conf->hostname,
		.client_ca = conf->tls_client_ca,
		.tickets = conf->tls_tickets,
	};

	*out = NULL;
	if (o.n == 0)
		return 0;
	if ((*out = tlsserver_open(&o, f)) == NULL)
		return -1;
	if (o.tickets != NULL)
		see_to_tickets(*out);
	return 0;
}

int
starttls_prepare(struct tlsserver *t, struct fail *f)
{
	see_to_tickets(t);
	if (tlsserver_load(t, f) == -1)
		return -1;
	tlsserver_rehearse(t);
	return 0;
}

int
starttls_refresh(struct tlsserver *t)
{
	unsigned before = tlsserver_changes(t);
	struct fail f = { 0 };

	see_to_tickets(t);
	if (tlsserver_refresh(t, &f) == -1)
		log_line("TLS: still the old certificates: %s", f.text);
	return tlsserver_changes(t) != before;
}

/* The handshake: 0, or -1 where the session is over. */
static int
shake_hands(struct session *s, struct tls *t)
{
	unsigned idle = s->server->conf.idle_timeout;
	const struct tls_facts *facts;
	struct fail f = { 0 };

	conn_timeout(s->conn, idle < LIMIT_HANDSHAKE ? idle : LIMIT_HANDSHAKE);
	if (conn_start_tls(s->conn, t, &f) == -1) {
		log_line("client=%s no TLS: %s", session_client(s), f.text);
		s->ended = 1;
		s->status = EX_TEMPFAIL;
		return -1;
	}
	facts = tls_facts(conn_tls(s->conn));
	if (s->trace)
		log_line("* %s, %s%s%s%s%s", facts->version, facts->cipher,
		    facts->resumed ? ", resumed" : "",
		    facts->certificate ? ", client " : "", facts->subject,
		    facts->certificate && !facts->verified ?
		    ", not verified" : "");
	return 0;
}

void
starttls(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	struct fail f = { 0 };
	struct tls *t;

	(void)arg;
	if (s->server->tls == NULL) {
		session_reply(s, "502 5.5.1 TLS is not offered");
	} else if (conn_tls(s->conn) != NULL) {
		session_reply(s, "503 5.5.1 this is TLS already");
	} else if (s->renamed) {
		session_reply(s,
		    "503 5.5.1 STARTTLS is not taken after XCLIENT");
	} else if (conn_pending(s->conn)) {
		session_end(s, "554 5.5.0 something came behind STARTTLS");
	} else if ((t = tlsserver_session(s->server->tls, &f)) == NULL ||
	    confined_loaded(s, &f) == -1) {
		tls_close(&t);
		log_line("client=%s no TLS: %s", session_client(s), f.text);
		session_reply(s, "454 4.7.0 TLS is not available now");
	} else {
		session_reply(s, "220 2.0.0 go ahead");
		/* What was said in clear text may have been said by anybody
		 * (RFC 3207, 4.2). */
		if (shake_hands(s, t) == 0)
			session_anew(s);
	}
}

int
starttls_begin(struct session *s)
{
	struct fail f = { 0 };
	struct tls *t;

	if ((t = tlsserver_session(s->server->tls, &f)) != NULL)
		return shake_hands(s, t);
	log_line("client=%s no TLS: %s", session_client(s), f.text);
	s->status = f.class;
	return -1;
}
