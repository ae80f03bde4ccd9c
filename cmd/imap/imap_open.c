/* SPDX-License-Identifier: ISC */
/* imap: from a server's name to a session that has logged in, and its end; see
 * imap.h. */

#include <stdio.h>

#include "compress.h"
#include "engine.h"
#include "limits.h"
#include "peer.h"
#include "shared.h"

enum {
	GOODBYE = 5, /* seconds for the answer to LOGOUT */
};

static const char *
find_server(const struct account *a)
{
	return a->imap;
}

static const struct url_scheme schemes[] = {
	{ .name = "imap", .port = "143" },
	{ .name = "imaps", .port = "993", .tls = 1 },
	{ .name = NULL },
};

const struct target_family imap_family = {
	.key = "Imap",
	.server = find_server,
	.schemes = schemes,
};

/* CAPABILITY, where nothing told: 0, or -1. */
static int
ask_offers(struct imap *i, struct fail *f)
{
	unsigned number;

	if (i->own->known)
		return 0;
	number = imap_say(i, "CAPABILITY");
	imap_said(i);
	return imap_finish(i, number, f) == IMAP_OK ? 0 : -1;
}

/* Who is let in without a login, over a network that others are on, too, and
 * without TLS: perhaps by one of these (RFC 9051, 7.1.4 and 11.1). */
static int
take_preauth(struct imap *i, struct fail *f)
{
	const struct secure *s = &i->client.secure;

	if (secure_private(s, i->conn) && (conn_tls(i->conn) != NULL ||
	    !secure_wanted(s) || s->policy == SECURE_MAY))
		return 1;
	(void)fail_set(f, EX_TEMPFAIL, secure_wanted(s) ?
	    "TLS is required, and the server begins without it (PREAUTH)" :
	    "the server asks for no login (PREAUTH), in clear text");
	return imap_lost(i, f);
}

/* The greeting: 1 where no login is asked for, else 0; -1. */
static int
greet(struct imap *i, struct fail *f)
{
	struct imap_response r;

	if (imap_read(i, &r, f) == IMAP_LOST)
		return -1;
	i->own->greeted = 1;
	if (imap_is(&r, "PREAUTH"))
		return take_preauth(i, f);
	if (imap_is(&r, "OK"))
		return 0;
	(void)fail_set(f, EX_PROTOCOL, "no greeting of IMAP");
	return imap_lost(i, f);
}

/* STARTTLS (RFC 9051, 6.2.1): 0, SECURE_AGAIN, or -1. */
static int
start_tls(struct imap *i, struct fail *f)
{
	struct secure *s = &i->client.secure;
	enum imap_result rc;
	struct tls *t;
	unsigned number;

	if (!imap_has(i, IMAP_STARTTLS))
		return secure_missing(s, 0, f);
	if ((t = secure_session(s, f)) == NULL)
		return -1;
	number = imap_say(i, "STARTTLS");
	imap_said(i);
	if ((rc = imap_finish(i, number, f)) != IMAP_OK) {
		tls_close(&t);
		return rc == IMAP_NO ? secure_missing(s, 1, f) : -1;
	}
	conn_timeout(i->conn, i->client.timeout != 0 ? i->client.timeout :
	    LIMIT_HANDSHAKE);
	conn_end(i->conn, 0);
	if (conn_start_tls(i->conn, t, f) == -1) {
		(void)imap_lost(i, f);
		return secure_failed(s, i->conn, f);
	}
	/* What was said in clear text may have been anybody's. */
	imap_start_tokens(i);
	imap_forget_offers(i);
	return ask_offers(i, f);
}

static void
tell(const char *line)
{
	(void)fprintf(stderr, "* %s\n", line);
}

/* What is better from the start, and costs no round trip, as the answer comes
 * with that to the first command.  Some servers want to know who asks. */
static void
introduce(struct imap *i)
{
	if (imap_has(i, IMAP_ENABLE | IMAP_REV2) && imap_has(i, IMAP_REV1))
		imap_say_own(i, "ENABLE IMAP4rev2");
	else if (imap_has(i, IMAP_REV2))
		i->rev2 = i->utf8 = 1; /* it is nothing else */
	else if (imap_has(i, IMAP_ENABLE | IMAP_UTF8_ACCEPT))
		imap_say_own(i, "ENABLE UTF8=ACCEPT");
	if (imap_has(i, IMAP_ID))
		imap_say_own(i, "ID (\"name\" \"mailpipe\")");
}

/* A login, after which it may offer something else (RFC 9051, 6.2). */
static int
log_in(struct imap *i, struct fail *f)
{
	if (!i->client.login.wanted)
		return fail_set(f, EX_NOPERM,
		    "the server wants a login, and nobody is said to log in");
	i->own->known = 0;
	if (imap_log_in(i, f) == -1)
		return -1;
	i->own->in = 1;
	if (!i->own->known)
		imap_forget_offers(i);
	return 0;
}

/* COMPRESS=DEFLATE (RFC 4978).  A server may have its reasons not to, such as
 * that TLS or a proxy does it: 0; -1 with i->dead. */
static int
start_compress(struct imap *i, struct fail *f)
{
	enum imap_result rc;
	unsigned number;

	if (!i->compress || !imap_has(i, IMAP_COMPRESS))
		return 0;
	number = imap_say(i, "COMPRESS DEFLATE");
	imap_said(i);
	if ((rc = imap_finish(i, number, f)) != IMAP_OK)
		return rc == IMAP_NO ? 0 : -1;
	return compress_start(i->conn, f) == 0 ? 0 : imap_lost(i, f);
}

/* 0, SECURE_AGAIN, or -1. */
static int
connect_once(struct imap *i, struct fail *f)
{
	struct conn *conn = client_dial(&i->client, f);
	int preauth, rc;

	if (conn == NULL)
		return -1;
	if (i->lasting)
		peer_watch(conn_fd(conn));
	imap_begin(i, conn);
	if (secure_begin(&i->client.secure, conn, i->client.timeout, f) == -1)
		return imap_lost(i, f);
	if ((preauth = greet(i, f)) == -1)
		return -1;
	if (!preauth && ask_offers(i, f) == -1)
		return -1;
	if (!preauth && secure_wanted(&i->client.secure) &&
	    (rc = start_tls(i, f)) != 0)
		return rc;
	client_trace_tls(&i->client, i->conn, tell);
	if (!preauth && log_in(i, f) == -1)
		return -1;
	i->own->in = 1;
	if (ask_offers(i, f) == -1)
		return -1;
	if (start_compress(i, f) == -1)
		return -1;
	introduce(i);
	return 0;
}

int
imap_open(struct imap *i, struct fail *f)
{
	int rc = i->shared ? shared_open(i, f) : connect_once(i, f);

	if (rc == SECURE_AGAIN) {
		imap_close(i, NULL);
		rc = connect_once(i, f);
	}
	if (rc == 0)
		return 0;
	imap_close(i, f);
	return fail_at(f, imap_name(i));
}

/* Takes leave.  A program ends in its own way when it was answered to. */
static void
say_logout(struct imap *i)
{
	struct fail ignored = { 0 };
	unsigned number = imap_say(i, "LOGOUT");

	i->own->leaving = 1;
	i->client.timeout = GOODBYE;
	imap_said(i);
	if (i->client.target.command != NULL && i->own->nway == 1)
		(void)imap_finish(i, number, &ignored);
	else
		(void)imap_flush(i, &ignored);
}

void
imap_close(struct imap *i, struct fail *f)
{
	unsigned timeout = i->client.timeout;

	if (i->shared)
		shared_close(i);
	else if (i->conn != NULL && !i->dead && !i->own->saying)
		say_logout(i);
	i->client.timeout = timeout;
	conn_close(&i->conn);
	client_closed(&i->client, f);
	if (i->own != NULL && !i->dead) {
		(void)fail_set(&i->own->lost, EX_TEMPFAIL, "closed");
		i->dead = 1;
	}
}

void
imap_end(struct imap *i)
{
	imap_close(i, NULL);
	imap_clear(i);
	client_end(&i->client);
}
