/* SPDX-License-Identifier: ISC */
/* trace: what is put on top of a message at final delivery: Return-Path,
 * Delivered-To, Received (RFC 5321, 4.4; RFC 9228). */

#include <string.h>

#include "date.h"
#include "tls.h"
#include "trace.h"

/*
 * What the client called itself, or a proxy called it, which may be anything:
 * as a domain where it looks like one or like an address literal, else as
 * nothing that a parser of the field could take for syntax.
 */
static void
add_name(struct buf *out, const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++) {
		int c = slice_lower((unsigned char)*p);
		int plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    strchr(".-_:[]", c) != NULL;

		(void)buf_addc(out, plain ? *p : '?');
	}
}

/* RFC 3848 and RFC 6531, 4.3: there is no name for SMTP without extensions in
 * TLS. */
static void
add_protocol(struct buf *out, const struct session *s)
{
	if (s->utf8)
		(void)buf_adds(out, "UTF8");
	else if (s->esmtp && !s->server->lmtp)
		(void)buf_addc(out, 'E');
	(void)buf_adds(out, s->server->lmtp ? "LMTP" : "SMTP");
	if (!s->esmtp)
		return;
	if (conn_tls(s->conn) != NULL)
		(void)buf_addc(out, 'S');
	if (s->user[0] != '\0')
		(void)buf_addc(out, 'A');
}

static void
add_tls(struct buf *out, const struct tls *t)
{
	const struct tls_facts *facts;

	if (t == NULL)
		return;
	facts = tls_facts(t);
	(void)buf_addf(out, "\n\t(using %s with %s, %d bits)",
	    facts->version, facts->cipher, facts->bits);
}

static void
add_client(struct buf *out, const struct session *s)
{
	int v6 = strchr(s->peer.address, ':') != NULL;

	(void)buf_adds(out, "from ");
	add_name(out, s->helo[0] != '\0' ? s->helo : "unknown");
	(void)buf_adds(out, " (");
	add_name(out, s->name);
	if (s->peer.address[0] != '\0')
		(void)buf_addf(out, "%s[%s%s])", s->name[0] != '\0' ? " " : "",
		    v6 ? "IPv6:" : "", s->peer.address);
	else
		(void)buf_addf(out, "%slocal)", s->name[0] != '\0' ? " " : "");
	add_tls(out, conn_tls(s->conn));
}

void
trace_fields(const struct session *s, const char *id, struct buf *out)
{
	char date[DATE_TEXT];

	(void)buf_addf(out, "Return-Path: <%s>\n", s->sender);
	/* With several recipients none may learn of another. */
	if (s->recipients == 1)
		(void)buf_addf(out, "Delivered-To: %s\n", s->first);
	(void)buf_adds(out, "Received: ");
	/* Where a user is when writing is nobody's business. */
	if (!s->server->submission) {
		add_client(out, s);
		(void)buf_adds(out, "\n\t");
	}
	(void)buf_addf(out, "by %s (mailpipe) with ", s->conf->hostname);
	add_protocol(out, s);
	if (strcmp(id, "-") != 0) /* else the queue tells it */
		(void)buf_addf(out, " id %s", id);
	if (s->server->submission)
		add_tls(out, conn_tls(s->conn));
	if (s->recipients == 1)
		(void)buf_addf(out, "\n\tfor <%s>", s->first);
	(void)buf_addf(out, "; %s\n", date_format(date, time(NULL)));
}
