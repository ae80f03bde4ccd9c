/* SPDX-License-Identifier: ISC */
/* hello: HELO, EHLO and LHLO, and what the server offers; see hello.h. */

#include <inttypes.h>
#include <string.h>

#include "auth.h"
#include "hello.h"
#include "limits.h"
#include "tls.h"
#include "xclient.h"

/* HELO and EHLO: any printable word, as clients say all sorts of things, but
 * nothing that could confuse a log or a header (RFC 5321, 4.1.4). */
static int
begin(struct session *s, struct slice arg, int esmtp)
{
	size_t i;

	for (i = 0; i < arg.n; i++)
		if (arg.p[i] <= ' ' || arg.p[i] >= 127)
			break;
	if (i < arg.n || arg.n >= sizeof(s->helo)) {
		session_reply(s, "501 5.5.4 that is no host name");
		return -1;
	}
	memcpy(s->helo, arg.p, arg.n);
	s->helo[arg.n] = '\0';
	s->esmtp = esmtp;
	s->state = S_HELLO;
	session_reset(s);
	return 0;
}

/* RFC 2033, 4.1: LHLO in place of both. */
static int
is_other_protocol(struct session *s, int lmtp)
{
	if (s->server->lmtp == lmtp)
		return 0;
	session_reply(s, "500 5.5.1 %s", lmtp ? "this is SMTP: say EHLO" :
	    "this is LMTP: say LHLO");
	return 1;
}

void
hello_helo(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	if (!is_other_protocol(s, 0) && begin(s, arg, 0) == 0)
		session_reply(s, "250 %s", s->conf->hostname);
}

/* RFC 9422.  With LMTP each mailbox is an owner of its own (store.h). */
static unsigned
most_recipients(const struct session *s)
{
	return s->server->lmtp && s->conf->max_recipients > LIMIT_OWNERS ?
	    LIMIT_OWNERS : s->conf->max_recipients;
}

static void
begin_extended(struct session *s, struct slice arg)
{
	if (begin(s, arg, 1) == -1)
		return;
	session_reply(s, "250-%s", s->conf->hostname);
	session_reply(s, "250-PIPELINING");
	session_reply(s, "250-SIZE %" PRIu64, s->conf->max_message_size);
	session_reply(s, "250-8BITMIME");
	session_reply(s, "250-BINARYMIME");
	session_reply(s, "250-CHUNKING");
	session_reply(s, "250-ENHANCEDSTATUSCODES");
	if (dsn_is_offered(s))
		session_reply(s, "250-DSN");
	session_reply(s, "250-LIMITS RCPTMAX=%u", most_recipients(s));
	session_reply(s, "250-SMTPUTF8");
	if (s->server->tls != NULL && conn_tls(s->conn) == NULL &&
	    !s->renamed)
		session_reply(s, "250-STARTTLS");
	if (conn_tls(s->conn) != NULL)
		session_reply(s, "250-REQUIRETLS");
	xclient_offer(s);
	auth_offer(s);
	session_reply(s, "250 HELP");
}

void
hello_ehlo(void *ctx, struct slice arg)
{
	if (!is_other_protocol(ctx, 0))
		begin_extended(ctx, arg);
}

void
hello_lhlo(void *ctx, struct slice arg)
{
	if (!is_other_protocol(ctx, 1))
		begin_extended(ctx, arg);
}
