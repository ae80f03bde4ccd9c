/* SPDX-License-Identifier: ISC */
/* socks: a connection by way of a SOCKS5 proxy; see socks.h. */

#include <stdio.h>
#include <string.h>

#include "ip.h"
#include "limits.h"
#include "netrc.h"
#include "secret.h"
#include "socks.h"
#include "text.h"

enum {
	VERSION = 5,
	LOGIN_VERSION = 1, /* of RFC 1929 */
	NO_LOGIN = 0,	   /* methods */
	PASSWORD = 2,
	NO_METHOD = 255,
	CONNECT = 1,
	IPV4 = 1, /* kinds of address */
	NAME = 3,
	IPV6 = 4,
	WORD = 255, /* bytes of a name, a user or a password */
};

int
socks_parse(const char *text, struct socks *s, struct fail *f)
{
	memset(s, 0, sizeof(*s));
	if (url_parse(text, &s->url, f) == -1)
		return fail_at(f, "proxy");
	if (strcmp(s->url.scheme, "socks5") != 0 || s->url.path[0] != '\0')
		return fail_set(f, EX_USAGE,
		    "proxy: expected socks5://[user@]host[:port]");
	if (s->url.port[0] == '\0')
		memcpy(s->url.port, "1080", 5);
	return 0;
}

static int
ask_netrc(struct socks *s, struct fail *f)
{
	struct netrc n = { .host = slice_str(s->url.host),
		.user = slice_str(s->url.user), .login = BUF(LIMIT_AUTH_NAME),
		.secret = secret_buf() };
	int rc = netrc_read(NULL, &n, f);

	if (rc == 1)
		(void)buf_add(&s->secret, buf_slice(&n.secret));
	buf_free(&n.login);
	buf_wipe(&n.secret);
	return rc;
}

static int
ask_person(struct socks *s, struct fail *f)
{
	char prompt[2 * TEXT_SHOWN + 64];

	(void)snprintf(prompt, sizeof(prompt),
	    "Password for %s at the proxy %s: ",
	    TEXT_SHOW(slice_str(s->url.user)),
	    TEXT_SHOW(slice_str(s->url.host)));
	return secret_terminal(prompt, &s->secret, f);
}

int
socks_prepare(struct socks *s, struct fail *f)
{
	int rc;

	if (s->url.user[0] == '\0' || s->secret.n > 0)
		return 0;
	s->secret = secret_buf();
	if ((rc = ask_netrc(s, f)) == -1 ||
	    (rc == 0 && ask_person(s, f) == -1))
		return -1;
	return s->secret.n <= WORD ? 0 : fail_set(f, EX_DATAERR,
	    "the password of the proxy is longer than %d bytes", WORD);
}

void
socks_free(struct socks *s)
{
	buf_wipe(&s->secret);
}

static int
broken(struct fail *f, const char *why)
{
	return fail_set(f, EX_PROTOCOL, "no SOCKS5 proxy: %s", why);
}

static int
need(size_t n, struct slice bytes, size_t *more)
{
	*more = n - bytes.n;
	return SOCKS_MORE;
}

/* What it cannot do (RFC 1928, 6).  Whether it can do it later is not said:
 * what it will never do is what it says so of. */
static int
refusal(unsigned code, struct fail *f)
{
	static const struct {
		int class;
		const char *why;
	} codes[] = {
		{ EX_TEMPFAIL, "it failed" },
		{ EX_UNAVAILABLE, "its rules do not allow that" },
		{ EX_TEMPFAIL, "network unreachable" },
		{ EX_TEMPFAIL, "host unreachable" },
		{ EX_TEMPFAIL, "connection refused" },
		{ EX_TEMPFAIL, "TTL expired" },
		{ EX_UNAVAILABLE, "it makes no such connections" },
		{ EX_UNAVAILABLE, "it takes no address of that kind" },
	};

	if (code > sizeof(codes) / sizeof(codes[0]))
		return fail_set(f, EX_TEMPFAIL,
		    "it failed for a reason of its own (0x%02x)", code);
	return fail_set(f, codes[code - 1].class, "%s (0x%02x)",
	    codes[code - 1].why, code);
}

static int
read_method(const unsigned char *b, struct fail *f)
{
	if (b[1] == NO_METHOD)
		return fail_set(f, EX_NOPERM,
		    "it wants to know who we are, in a way that we have not");
	return b[1] == NO_LOGIN || b[1] == PASSWORD ? SOCKS_DONE :
	    broken(f, "a method that was not offered");
}

/* The address that it has towards the host is of no use; but where it ends,
 * the host begins to speak. */
static int
read_reply(struct slice bytes, size_t *more, struct fail *f)
{
	const unsigned char *b = (const unsigned char *)bytes.p;
	size_t n;

	if (b[1] != 0)
		return refusal(b[1], f);
	if (bytes.n < 5)
		return need(5, bytes, more);
	switch (b[3]) {
	case IPV4:
		n = 4 + 4 + 2;
		break;
	case IPV6:
		n = 4 + 16 + 2;
		break;
	case NAME:
		n = 4 + 1 + (size_t)b[4] + 2;
		break;
	default:
		return broken(f, "an address of no kind");
	}
	if (bytes.n > n)
		return broken(f, "more than an answer");
	return bytes.n < n ? need(n, bytes, more) : SOCKS_DONE;
}

int
socks_answer(enum socks_step step, struct slice bytes, size_t *more,
    struct fail *f)
{
	const unsigned char *b = (const unsigned char *)bytes.p;

	if (bytes.n > 0 &&
	    b[0] != (step == SOCKS_LOGIN ? LOGIN_VERSION : VERSION))
		return broken(f, "another version, or none");
	if (bytes.n < 2)
		return need(2, bytes, more);
	if (step == SOCKS_CONNECT)
		return read_reply(bytes, more, f);
	if (bytes.n > 2)
		return broken(f, "more than an answer");
	if (step == SOCKS_METHODS)
		return read_method(b, f);
	return b[1] == 0 ? SOCKS_DONE :
	    fail_set(f, EX_NOPERM, "the login was refused");
}

/* Says "request", which may hold a password, and gets the answer: its second
 * byte, or -1. */
static int
exchange(struct conn *c, enum socks_step step, struct buf *request,
    struct fail *f)
{
	char bytes[SOCKS_MOST] = "";
	size_t n = 0, more = 0;
	struct slice got;
	int rc;

	(void)buf_add(conn_out(c), buf_slice(request));
	buf_wipe(request);
	rc = conn_flush(c, f);
	buf_wipe(conn_out(c));
	if (rc == -1)
		return -1;
	while ((rc = socks_answer(step, (struct slice){ bytes, n }, &more,
	    f)) == SOCKS_MORE) {
		rc = conn_octets(c, more, &got, f);
		if (rc == CONN_CLOSED)
			return fail_set(f, EX_TEMPFAIL, "it closed");
		if (rc != CONN_LINE)
			return -1;
		memcpy(bytes + n, got.p, got.n);
		n += got.n;
	}
	return rc == SOCKS_DONE ? (unsigned char)bytes[1] : -1;
}

/* A byte that tells how many follow, and these. */
static void
add_word(struct buf *out, struct slice word)
{
	(void)buf_addc(out, (int)word.n);
	(void)buf_add(out, word);
}

static int
log_in(struct conn *c, const struct socks *s, struct fail *f)
{
	struct buf request = BUF(3 + 2 * WORD);

	if (s->url.user[0] == '\0')
		return broken(f, "a method that was not offered");
	/* All at once, so that no copy of the password is left. */
	(void)buf_room(&request, 3 + 2 * WORD);
	(void)buf_addc(&request, LOGIN_VERSION);
	add_word(&request, slice_str(s->url.user));
	add_word(&request, buf_slice(&s->secret));
	return exchange(c, SOCKS_LOGIN, &request, f);
}

static int
greet(struct conn *c, const struct socks *s, struct fail *f)
{
	struct slice methods = s->url.user[0] == '\0' ? SLICE("\0") :
	    SLICE("\0\2");
	struct buf request = BUF(4);
	int method;

	(void)buf_addc(&request, VERSION);
	add_word(&request, methods);
	method = exchange(c, SOCKS_METHODS, &request, f);
	return method == PASSWORD ? log_in(c, s, f) : method;
}

static int
ask(struct conn *c, const struct dial_to *to, struct fail *f)
{
	unsigned char address[IP_BYTES];
	const char *bytes = (const char *)address;
	struct slice host = slice_str(to->host);
	struct buf request = BUF(4 + 1 + WORD + 2);
	uint64_t port;
	int family;

	if (host.n > WORD ||
	    slice_uint(slice_str(to->port), 1, 65535, &port) == -1)
		return fail_set(f, EX_DATAERR, "no host and port for a proxy");
	(void)buf_add(&request, SLICE("\5\1\0"));
	if ((family = ip_read(host, address)) == AF_INET) {
		(void)buf_addc(&request, IPV4);
		(void)buf_add(&request, (struct slice){ bytes, 4 });
	} else if (family == AF_INET6) {
		(void)buf_addc(&request, IPV6);
		(void)buf_add(&request, (struct slice){ bytes, 16 });
	} else {
		(void)buf_addc(&request, NAME);
		add_word(&request, host);
	}
	(void)buf_addc(&request, (int)(port >> 8));
	(void)buf_addc(&request, (int)(port & 255));
	return exchange(c, SOCKS_CONNECT, &request, f) == -1 ? -1 : 0;
}

/* Which of the two it is that went wrong. */
static void
name(const struct socks *s, const struct dial_to *to, struct fail *f)
{
	char target[TEXT_SHOWN + 32];

	if (to != NULL) {
		(void)snprintf(target, sizeof(target), "%s port %s",
		    TEXT_SHOW(slice_str(to->host)), to->port);
		(void)fail_at(f, target);
	}
	(void)fail_at(f, s->url.host);
	(void)fail_at(f, "proxy");
}

struct conn *
socks_dial(const struct socks *s, const struct dial_to *to, struct fail *f)
{
	struct dial_to proxy = { s->url.host, s->url.port, to->source,
		to->seconds, NULL };
	struct conn *c = dial_to(&proxy, f);
	int rc;

	if (c == NULL) {
		if (f->class == EX_NOHOST)
			f->class = EX_CONFIG;
		(void)fail_at(f, "proxy");
		return NULL;
	}
	conn_timeout(c, to->seconds);
	conn_end(c, to->seconds);
	if ((rc = greet(c, s, f)) == -1)
		name(s, NULL, f);
	else if ((rc = ask(c, to, f)) == -1)
		name(s, to, f);
	conn_end(c, 0);
	if (rc == -1)
		conn_close(&c);
	return c;
}
