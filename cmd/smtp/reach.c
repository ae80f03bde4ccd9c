/* SPDX-License-Identifier: ISC */
/* reach: a session with the server that was asked for; see reach.h. */

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reach.h"
#include "smtpauth.h"
#include "smtpsecure.h"
#include "timestamp.h"
#include "tls.h"

/* What -v tells of what is no line of the session. */
static void
tell(const char *line)
{
	(void)fprintf(stderr, "* %s\n", line);
}

/* The name of this machine, where it is one that others can resolve; else it is
 * empty. */
static void
find_name(char host[256])
{
	memset(host, 0, 256);
	if (gethostname(host, 255) == -1 || strchr(host, '.') == NULL)
		host[0] = '\0';
}

static void
name_ourselves(struct reach *r, const struct conn *c)
{
	char host[256], local[DIAL_ADDRESS];

	if (r->helo[0] != '\0')
		return;
	find_name(host);
	/* EHLO wants a name that others can resolve, or an address. */
	if (r->client->target.via != NULL)
		/* What it sees of us is neither; and who asks for a proxy
		 * may have reasons. */
		memcpy(r->helo, "[127.0.0.1]", 12);
	else if (host[0] != '\0')
		memcpy(r->helo, host, sizeof(host));
	else
		(void)snprintf(r->helo, sizeof(r->helo), "%s",
		    dial_local(local, conn_fd(c)));
}

static int
is_mx(const struct reach *r)
{
	return strcmp(r->client->target.url.scheme, "mx") == 0;
}

static int
is_program(const struct reach *r)
{
	return r->client->target.command != NULL;
}

const char *
reach_name(const struct reach *r)
{
	return r->host != NULL ? r->host : client_name(r->client);
}

static void
close_session(struct reach *r, struct fail *f)
{
	smtp_close(&r->smtp);
	client_closed(r->client, f);
}

void
reach_close(struct reach *r, struct fail *f)
{
	close_session(r, f);
	if (r->hosts != -1)
		hosts_free(&r->slot);
}

/* Whatever came of it, the host was there to the end. */
static void
leave(struct reach *r)
{
	if (r->smtp.conn != NULL && !r->smtp.dead)
		reach_answered(r);
	smtp_quit(&r->smtp);
	reach_close(r, NULL);
}

static struct conn *
dial_server(struct reach *r, struct fail *f)
{
	struct dial_to to = { .host = reach_name(r),
		.port = r->client->secure.options.port };

	if (!is_mx(r))
		return client_dial(r->client, f);
	to.addresses = &r->route.addresses;
	return client_dial_to(r->client, &to, f);
}

static int
log_in(struct reach *r, struct fail *f)
{
	struct login_terms terms;
	int rc;

	if (!r->client->login.wanted)
		return 0;
	login_terms(&r->client->login, &r->client->secure, r->smtp.conn,
	    &terms);
	rc = smtpauth_login(&r->smtp, &terms.conf, f);
	login_forget(&terms);
	return rc;
}

/* A new connection: 0, SECURE_AGAIN, or -1. */
static int
connect_once(struct reach *r, struct fail *f)
{
	struct client *client = r->client;
	struct conn *c;
	int rc;

	close_session(r, NULL);
	r->smtp = (struct smtp){ .timeout = client->timeout, .trace = r->note,
		.lmtp = strcmp(client->target.url.scheme, "lmtp") == 0 };
	if ((c = dial_server(r, f)) == NULL)
		return -1;
	name_ourselves(r, c);
	rc = smtpsecure_open(&client->secure, &r->smtp, c, r->helo, f);
	if (rc == 0)
		client_trace_tls(client, r->smtp.conn, tell);
	if (rc == 0)
		rc = log_in(r, f);
	if (rc == -1) {
		(void)fail_at(f, reach_name(r));
		smtp_quit(&r->smtp);
		close_session(r, f);
	}
	return rc;
}

/* Whether the host may be connected to now; else why not. */
static int
ask_hosts(struct reach *r, struct reach_failure *last)
{
	struct hosts_server s = { r->hosts, reach_name(r),
		r->client->secure.options.port, r->connections, r->retry_now };
	char until[TIMESTAMP_TEXT];

	if (r->hosts == -1 || is_program(r))
		return 0;
	switch (hosts_take(&r->slot, &s, time(NULL))) {
	case HOSTS_FREE:
		return 0;
	case HOSTS_BUSY:
		last->busy = 1;
		(void)fail_set(&last->why, EX_TEMPFAIL,
		    "%s: all connections to it are in use", s.name);
		break;
	case HOSTS_DOWN:
		(void)fail_set(&last->why, EX_TEMPFAIL,
		    "%s: not tried before %s: %s", s.name,
		    timestamp_format(until, r->slot.record.until),
		    r->slot.record.why);
		break;
	}
	hosts_free(&r->slot);
	return -1;
}

/* Tells the others why there is no session.  What is wrong with TLS or a login
 * is no matter of the host alone. */
static void
tell_hosts(struct reach *r, struct reach_failure *last)
{
	int64_t now = time(NULL);

	if (r->hosts == -1 || is_program(r))
		return;
	if (r->smtp.code == 421 || (!r->smtp.opened && r->smtp.code / 100 == 4))
		last->busy = hosts_slow(&r->slot, last->why.text, now);
	else if (!r->smtp.opened && (last->why.class == EX_TEMPFAIL ||
	    (r->smtp.code / 100 == 5 && !is_mx(r))))
		hosts_down(&r->slot, last->why.text, now);
	hosts_free(&r->slot);
}

static int
connect_host(struct reach *r, struct reach_failure *last)
{
	int rc;

	if (ask_hosts(r, last) == -1)
		return -1;
	if ((rc = connect_once(r, &last->why)) == SECURE_AGAIN)
		rc = connect_once(r, &last->why);
	if (rc == SECURE_AGAIN)
		rc = fail_at(&last->why, reach_name(r));
	if (rc != 0)
		tell_hosts(r, last);
	return rc;
}

/* Whether the session is one that REQUIRETLS can go by. */
static int
can_require_tls(const struct reach *r)
{
	const struct tls *t = conn_tls(r->smtp.conn);

	return (r->smtp.offers & SMTP_REQUIRETLS) != 0 && t != NULL &&
	    tls_facts(t)->verified;
}

/* What a failure to connect to a host of mx:// means for mail: nothing there
 * is for good but that it takes none (RFC 7504). */
static void
classify(const struct reach *r, struct reach_failure *last)
{
	if (!r->smtp.opened && r->smtp.code / 100 == 5) {
		last->why.class = EX_UNAVAILABLE;
		last->enhanced = "5.3.2";
		return;
	}
	if (last->why.class != EX_CONFIG)
		last->why.class = EX_TEMPFAIL;
	last->enhanced = r->smtp.opened ? "4.7.5" : "4.4.1";
}

/* A session with host "i" of the domain. */
static int
try_host(struct reach *r, size_t i, enum letter_tls tls,
    struct reach_failure *last)
{
	struct route_need need = { r->client->secure.options.port, tls };

	r->at = i;
	r->host = r->route.mx.host[i].name;
	r->smtp.opened = 0;
	r->smtp.code = 0;
	if (route_choose(&r->route, i, &need, &r->client->secure,
	    &last->why) == -1) {
		last->enhanced = last->why.class == EX_NOHOST ? "5.4.4" :
		    last->why.class == EX_UNAVAILABLE ? "5.7.30" :
		    r->route.addresses.n == 0 ? "4.4.3" : "4.7.5";
		return -1;
	}
	if (connect_host(r, last) == -1) {
		classify(r, last);
		if (!r->smtp.opened && !last->busy)
			r->route.gone[i] = last->why;
		return -1;
	}
	if (tls != LETTER_REQUIRED || can_require_tls(r))
		return 0;
	leave(r);
	last->enhanced = "5.7.30";
	return fail_set(&last->why, EX_UNAVAILABLE,
	    "%s: it does not offer REQUIRETLS", r->host);
}

/* Adds what failed with a host to what failed before: where mail may still go
 * later by one of them, it is not for good. */
static void
add_failure(struct reach_failure *all, const struct reach_failure *one)
{
	int temporary = one->why.class == EX_TEMPFAIL ||
	    one->why.class == EX_CONFIG;
	int busy = all->busy || one->busy;

	if (!all->failed || temporary || all->final)
		*all = *one;
	all->failed = 1;
	all->busy = busy;
	all->final = !temporary && all->final;
}

static int
find_domain(struct reach *r, struct reach_failure *last)
{
	char host[256];

	find_name(host);
	if (route_find(&r->route, r->client->target.url.host,
	    r->helo[0] != '\0' ? r->helo : host, &last->why) == 0)
		return 0;
	last->failed = 1;
	last->final = last->why.class != EX_TEMPFAIL;
	last->enhanced = r->route.mx.enhanced == NULL ? "" :
	    r->route.mx.enhanced;
	return -1;
}

/* What was found before. */
static void
recall(const struct fail *gone, struct reach_failure *one)
{
	one->why = *gone;
	one->enhanced = gone->class == EX_UNAVAILABLE ? "5.3.2" : "4.4.1";
}

/* The first host that can be used.  Where one has all its connections, those
 * that are no better than it may be used, but not those that are worse. */
static int
connect_mx(struct reach *r, enum letter_tls tls)
{
	const struct mx *mx = &r->route.mx;
	struct reach_failure *all = &r->last, one;
	unsigned busy = 0;
	size_t i;

	if (find_domain(r, all) == -1)
		return -1;
	all->final = 1;
	for (i = 0; i < mx->n; i++) {
		if (all->busy && mx->host[i].preference != busy)
			break;
		one = (struct reach_failure){ .enhanced = "", .final = 1 };
		if (r->route.gone[i].class != 0)
			recall(&r->route.gone[i], &one);
		else if (try_host(r, i, tls, &one) == 0)
			return 0;
		if (r->client->trace)
			tell(one.why.text);
		busy = mx->host[i].preference;
		add_failure(all, &one);
	}
	return -1;
}

int
reach_suits(const struct reach *r, enum letter_tls tls)
{
	if (r->smtp.conn == NULL || r->smtp.dead)
		return 0;
	if (!is_mx(r) || tls == LETTER_RELAXED)
		return 1;
	return tls == LETTER_REQUIRED ? can_require_tls(r) &&
	    r->tls != LETTER_RELAXED : r->tls != LETTER_RELAXED;
}

int
reach_connect(struct reach *r, enum letter_tls tls)
{
	int rc;

	leave(r);
	r->last = (struct reach_failure){ .enhanced = "" };
	r->tls = tls;
	if (is_mx(r))
		return connect_mx(r, tls);
	rc = connect_host(r, &r->last);
	r->last.failed = rc != 0;
	return rc;
}

void
reach_answered(struct reach *r)
{
	hosts_up(&r->slot, time(NULL));
}

void
reach_took(struct reach *r)
{
	hosts_took(&r->slot, time(NULL));
}

void
reach_lost(struct reach *r, struct fail *f)
{
	(void)fail_at(f, reach_name(r));
	if (r->smtp.code == 421)
		(void)hosts_slow(&r->slot, f->text, time(NULL));
	reach_close(r, f);
}

void
reach_avoid(struct reach *r, const struct fail *f)
{
	if (is_mx(r) && r->route.found)
		r->route.gone[r->at] = *f;
}

void
reach_end(struct reach *r)
{
	leave(r);
	route_free(&r->route);
	if (r->hosts != -1)
		hosts_sweep(r->hosts, time(NULL));
}
