/* SPDX-License-Identifier: ISC */
/* starttls: the server's side of TLS; see starttls.h. */

#include "log.h"
#include "narrowing.h"
#include "starttls.h"
#include "tls.h"
#include "tlsservice.h"

/* The handshake: 0, or -1 where the session is over. */
static int
shake_hands(struct session *s, struct tls *t)
{
	struct fail f = { 0 };

	if (tlsservice_begin(s->conn, t, s->conf->idle_timeout, &f) == -1) {
		log_line("client=%s no TLS: %s", session_client(s), f.text);
		s->ended = 1;
		s->status = EX_TEMPFAIL;
		return -1;
	}
	if (s->trace)
		tlsservice_log(s->conn);
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
	    narrowing_loaded(s, &f) == -1) {
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
