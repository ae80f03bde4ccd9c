/* SPDX-License-Identifier: ISC */
/* pop: from a server's name to a session that has logged in; see pop.h. */

#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "pop.h"

static const char *
find_server(const struct account *a)
{
	return a->pop3;
}

static const struct url_scheme schemes[] = {
	{ .name = "pop3", .port = "110" },
	{ .name = "pop3s", .port = "995", .tls = 1 },
	{ .name = NULL },
};

const struct target_family pop_family = {
	.key = "Pop3",
	.server = find_server,
	.schemes = schemes,
};

static const struct {
	const char *name;
	unsigned offer;
} keywords[] = {
	{ "PIPELINING", POP_PIPELINING },
	{ "RESP-CODES", POP_RESP_CODES },
	{ "STLS", POP_STLS },
	{ "TOP", POP_TOP },
	{ "UIDL", POP_UIDL },
	{ "USER", POP_USER },
	{ "UTF8", POP_UTF8 },
};

/* A line of CAPA (RFC 2449, 5). */
static void
learn(struct pop *p, struct slice line)
{
	struct slice word;
	size_t i;

	if (!slice_word(&line, &word))
		return;
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (slice_caseeq(word, slice_str(keywords[i].name)))
			p->offers |= keywords[i].offer;
	line = slice_trim(line);
	if (!slice_caseeq(word, SLICE("SASL")) || line.n == 0 ||
	    line.n >= sizeof(p->mechanisms))
		return;
	memset(p->mechanisms, 0, sizeof(p->mechanisms));
	memcpy(p->mechanisms, line.p, line.n);
}

int
pop_ask_offers(struct pop *p, struct fail *f)
{
	struct slice line;
	int rc, n;

	p->mechanisms[0] = '\0';
	p->offers = 0;
	pop_say(p, "CAPA");
	if ((rc = pop_reply(p, NULL, f)) == -1)
		return -1;
	if (rc == 0) {
		p->offers = POP_TOP | POP_UIDL | POP_USER;
		return 0;
	}
	p->offers = POP_CAPA;
	for (n = 0; (rc = pop_line(p, &line, f)) == 1; n++) {
		if (n == LIMIT_POP_OFFERS) {
			(void)fail_set(f, EX_PROTOCOL,
			    "CAPA: more than %d lines", n);
			return pop_lost(p, f);
		}
		learn(p, line);
	}
	return rc;
}

/* The timestamp of APOP (RFC 1939, 7), which the MD5 of a password is made of:
 * printable ASCII alone, so that it is no piece of something else's. */
static void
find_timestamp(struct pop *p, struct slice text)
{
	size_t from = slice_find(text, '<'), to = slice_find(text, '>'), i;

	p->timestamp[0] = '\0';
	if (to == text.n || from > to)
		return;
	text = slice_sub(text, from, to + 1);
	if (text.n >= sizeof(p->timestamp) || slice_find(text, '@') == text.n)
		return;
	for (i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return;
	memcpy(p->timestamp, text.p, text.n);
	p->timestamp[text.n] = '\0';
}

static int
greet(struct pop *p, struct fail *f)
{
	struct slice text;
	int rc;

	p->unanswered = 1;
	if ((rc = pop_reply(p, &text, f)) == -1)
		return -1;
	if (rc == 1) {
		find_timestamp(p, text);
		return pop_ask_offers(p, f);
	}
	/* It says nothing of who asks: mostly that there are too many. */
	if (!slice_casestarts(text, SLICE("[SYS/PERM]")))
		f->class = EX_TEMPFAIL;
	return -1;
}

/* STLS (RFC 2595, 4): 0, SECURE_AGAIN, or -1. */
static int
start_tls(struct pop *p, struct fail *f)
{
	struct secure *s = &p->client.secure;
	struct tls *t;
	int rc;

	if ((p->offers & (POP_CAPA | POP_STLS)) == POP_CAPA)
		return secure_missing(s, 0, f);
	if ((t = secure_session(s, f)) == NULL)
		return -1;
	pop_say(p, "STLS");
	if ((rc = pop_reply(p, NULL, f)) != 1) {
		tls_close(&t);
		return rc == 0 ? secure_missing(s, 1, f) : -1;
	}
	conn_timeout(p->conn, p->client.timeout != 0 ? p->client.timeout :
	    LIMIT_HANDSHAKE);
	conn_end(p->conn, 0);
	/* What APOP is asked with came in clear text, but its answer does not
	 * go that way; all else that was learnt is asked for again. */
	if (conn_start_tls(p->conn, t, f) == -1) {
		(void)pop_lost(p, f);
		return secure_failed(s, p->conn, f);
	}
	return pop_ask_offers(p, f);
}

/* RFC 6856, 2: before the login. */
static int
ask_utf8(struct pop *p, struct fail *f)
{
	if (!p->utf8 || (p->offers & POP_UTF8) == 0)
		return 0;
	pop_say(p, "UTF8");
	return pop_reply(p, NULL, f) == -1 ? -1 : 0;
}

static void
tell(const char *line)
{
	(void)fprintf(stderr, "* %s\n", line);
}

/* 0, SECURE_AGAIN, or -1. */
static int
connect_once(struct pop *p, struct fail *f)
{
	int rc;

	p->dead = 0;
	if ((p->conn = client_dial(&p->client, f)) == NULL)
		return -1;
	if (secure_begin(&p->client.secure, p->conn, p->client.timeout, f) ==
	    -1 || greet(p, f) == -1)
		return -1;
	if (secure_wanted(&p->client.secure) && (rc = start_tls(p, f)) != 0)
		return rc;
	client_trace_tls(&p->client, p->conn, tell);
	if (!p->client.login.wanted)
		return 0;
	if (ask_utf8(p, f) == -1 || pop_log_in(p, f) == -1)
		return -1;
	/* It may offer something else to whom it knows (RFC 2449, 5). */
	return (p->offers & POP_CAPA) != 0 ? pop_ask_offers(p, f) : 0;
}

int
pop_open(struct pop *p, struct fail *f)
{
	int rc = connect_once(p, f);

	if (rc == SECURE_AGAIN) {
		pop_close(p, NULL);
		rc = connect_once(p, f);
	}
	if (rc == 0)
		return 0;
	if (p->conn != NULL && !p->dead) {
		struct fail ignored;

		pop_say(p, "QUIT");
		conn_timeout(p->conn, 5);
		(void)conn_flush(p->conn, &ignored);
	}
	pop_close(p, f);
	return fail_at(f, pop_name(p));
}
