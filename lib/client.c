/* SPDX-License-Identifier: ISC */
/* client: what all clients share of a command line, and the connection; see
 * client.h. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "ip.h"
#include "limits.h"
#include "tls.h"

enum {
	DAY = 86400, /* seconds: the longest that anybody waits */
};

void
client_start(struct client *c, const struct target_family *family)
{
	memset(c, 0, sizeof(*c));
	c->target.family = family;
	login_start(&c->login);
}

int
client_key(struct client *c, struct slice key, struct slice value)
{
	uint64_t n;
	int rc;

	if (slice_eq(key, SLICE("proxy"))) {
		c->target.via = value.p; /* the rest of an argument: a string */
		return value.n > 0 ? 1 : -1;
	}
	if (slice_eq(key, SLICE("source"))) {
		c->source = value.p;
		return ip_read(value, NULL) != 0 ? 1 : -1;
	}
	if (slice_eq(key, SLICE("timeout"))) {
		if (slice_uint(value, 1, DAY, &n) == -1)
			return -1;
		c->timeout = (unsigned)n;
		return 1;
	}
	rc = secure_option(&c->secure, key, value);
	return rc != 0 ? rc : login_option(&c->login, key, value);
}

int
client_most(const char *option, uint64_t *most)
{
	struct slice value = slice_str(option), key;

	if (!slice_until(&value, '=', &key) ||
	    !slice_eq(key, SLICE("max-size")))
		return 0;
	return slice_uint(value, 1, UINT64_MAX, most) == 0 ? 1 : -1;
}

static int
take_key(struct client *c, const char *text)
{
	struct slice value = slice_str(text), key;

	if (!slice_until(&value, '=', &key))
		return -1;
	return client_key(c, key, value) == 1 ? 1 : -1;
}

int
client_option(struct client *c, int option, const char *value)
{
	switch (option) {
	case 'A':
		c->login.mechanism = value;
		return 1;
	case 'a':
		c->target.account = value;
		return 1;
	case 'o':
		return take_key(c, value);
	case 'P':
		return login_descriptor(&c->login, value) == 0 ? 1 : -1;
	case 'p':
		c->login.command = value;
		return 1;
	case 'v':
		c->trace = 1;
		return 1;
	default:
		return 0;
	}
}

int
client_find(struct client *c, struct fail *f)
{
	return target_find(&c->target, &c->secure, &c->login, f);
}

int
client_check_user(const struct client *c, struct fail *f)
{
	const struct target *t = &c->target;

	if (c->login.wanted || t->command != NULL)
		return 0;
	if (t->account != NULL)
		return fail_set(f, EX_CONFIG, "account %s: who logs in? it "
		    "has no User", t->account);
	return fail_set(f, EX_USAGE, "%s: who logs in? expected a URL such as "
	    "%s://user@host, %%40 for the @ in a user", t->url.host,
	    t->family->schemes[0].name);
}

const char *
client_name(const struct client *c)
{
	return c->target.command != NULL ? c->program.name :
	    c->target.url.host;
}

struct conn *
client_dial_to(struct client *c, struct dial_to *to, struct fail *f)
{
	struct socks *proxy = c->target.via == NULL ? NULL : &c->target.proxy;

	/* Before a server waits for whoever types it. */
	if ((proxy != NULL && socks_prepare(proxy, f) == -1) ||
	    login_prepare(&c->login, &c->target.url, f) == -1)
		return NULL;
	if (c->target.command != NULL)
		return program_start(&c->program, slice_str(c->target.command),
		    f);
	to->source = c->source;
	to->seconds = c->timeout != 0 && c->timeout < LIMIT_CONNECT ?
	    c->timeout : LIMIT_CONNECT;
	return proxy != NULL ? socks_dial(proxy, to, f) : dial_to(to, f);
}

struct conn *
client_dial(struct client *c, struct fail *f)
{
	struct dial_to to = { .host = c->target.url.host,
		.port = c->secure.options.port };

	return client_dial_to(c, &to, f);
}

void
client_trace_tls(const struct client *c, const struct conn *conn,
    void (*tell)(const char *line))
{
	const struct tls_facts *t;
	struct buf line = BUF(1024);

	if (!c->trace || conn_tls(conn) == NULL)
		return;
	t = tls_facts(conn_tls(conn));
	(void)buf_addf(&line, "%s, %s%s, certificate %s%s", t->version,
	    t->cipher, t->resumed ? ", resumed" : "", t->verified ?
	    t->dane ? "verified by DANE" : "verified" : "not verified: ",
	    t->verified ? "" : t->why);
	tell(buf_str(&line));
	buf_clear(&line);
	(void)buf_addf(&line, "%s, key sha256:%s", t->subject, t->key);
	if (t->certificate)
		tell(buf_str(&line));
	buf_free(&line);
}

void
client_closed(struct client *c, struct fail *f)
{
	program_end(&c->program, f);
}

void
client_end(struct client *c)
{
	secure_end(&c->secure);
	login_end(&c->login);
	target_free(&c->target);
}
