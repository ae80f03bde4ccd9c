/* SPDX-License-Identifier: ISC */
/* url: a server on a command line; see url.h. */

#include <string.h>
#include <strings.h>

#include "buf.h"
#include "idn.h"
#include "ip.h"
#include "url.h"
#include "utf8.h"

/* Copies "s" with %XX decoded; -1: no room, a bad escape, a control byte. */
static int
decode(struct slice s, char *to, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = slice_getc(&s)) != -1) {
		if (c == '%') {
			int high = slice_hexdigit(slice_getc(&s));
			int low = slice_hexdigit(slice_getc(&s));

			if (high == -1 || low == -1)
				return -1;
			c = high << 4 | low;
		}
		if (c < ' ' || c == 127 || n + 1 >= size)
			return -1;
		to[n++] = (char)c;
	}
	to[n] = '\0';
	return 0;
}

/* host, [address], each with :port or without. */
static int
parse_host(struct slice s, struct url *u)
{
	struct slice host;
	uint64_t port;

	if (slice_peek(s) == '[') {
		(void)slice_getc(&s);
		if (!slice_until(&s, ']', &host))
			return -1;
		if (s.n > 0 && slice_getc(&s) != ':')
			return -1;
	} else {
		(void)slice_until(&s, ':', &host);
	}
	if (host.n == 0 || decode(host, u->host, sizeof(u->host)) == -1 ||
	    u->host[0] == '-' || strchr(u->host, ' ') != NULL)
		return -1;
	if (s.n == 0)
		return 0;
	if (slice_uint(s, 1, 65535, &port) == -1)
		return -1;
	return decode(s, u->port, sizeof(u->port));
}

static int
parse_scheme(struct slice *s, struct url *u)
{
	struct slice scheme;
	size_t i;

	if (!slice_until(s, ':', &scheme) || scheme.n == 0 ||
	    scheme.n >= sizeof(u->scheme) || !slice_starts(*s, SLICE("//")))
		return -1;
	for (i = 0; i < scheme.n; i++)
		u->scheme[i] = (char)slice_lower(scheme.p[i]);
	u->scheme[i] = '\0';
	*s = slice_sub(*s, 2, s->n);
	return 0;
}

/* What was given in UTF-8 as DNS has it; an address has none. */
static int
name_host(struct url *u, int is_address, struct fail *f)
{
	char name[IDN_DOMAIN];

	if (utf8_ascii(slice_str(u->host)))
		return 0;
	if (is_address)
		return fail_set(f, EX_USAGE, "%s: bad address in the URL",
		    u->scheme);
	if (idn_to_ascii(slice_str(u->host), name, f) == -1) {
		if (f->class == EX_DATAERR)
			f->class = EX_USAGE;
		return -1;
	}
	memcpy(u->host, name, strlen(name) + 1);
	return 0;
}

int
url_parse(const char *text, struct url *u, struct fail *f)
{
	struct slice s = slice_str(text), authority, user = SLICE("");

	memset(u, 0, sizeof(*u));
	if (parse_scheme(&s, u) == -1)
		return fail_set(f, EX_USAGE,
		    "not a server: expected a URL, scheme://host:port");
	(void)slice_until(&s, '/', &authority);
	if (slice_find(authority, '@') < authority.n)
		(void)slice_until(&authority, '@', &user);
	if (slice_find(user, ':') < user.n)
		return fail_set(f, EX_USAGE,
		    "a password does not belong in a URL");
	if (slice_find(authority, '@') < authority.n)
		return fail_set(f, EX_USAGE,
		    "%s: an @ in the user of a URL is %%40", u->scheme);
	if (decode(user, u->user, sizeof(u->user)) == -1 ||
	    parse_host(authority, u) == -1 ||
	    decode(s, u->path, sizeof(u->path)) == -1)
		return fail_set(f, EX_USAGE,
		    "%s: bad user, host, port or path in the URL", u->scheme);
	return name_host(u, slice_peek(authority) == '[', f);
}

/* What asks for a name is told that it is this machine. */
static void
set_command(struct url *u)
{
	memset(u, 0, sizeof(*u));
	memcpy(u->scheme, "pipe", 5);
	memcpy(u->host, "localhost", 10);
}

static void
unknown_scheme(const struct url *u, const struct url_scheme *schemes,
    struct fail *f)
{
	struct buf known = BUF(256);
	size_t i;

	for (i = 0; schemes[i].name != NULL; i++)
		(void)buf_addf(&known, "%s%s://", i == 0 ? "" : ", ",
		    schemes[i].name);
	(void)fail_set(f, EX_UNAVAILABLE, "%s: only %s and pipe: are there yet",
	    u->scheme, buf_str(&known));
	buf_free(&known);
}

const struct url_scheme *
url_server(const char *text, const struct url_scheme *schemes, struct url *u,
    struct fail *f)
{
	size_t i;

	if (strncmp(text, "pipe:", 5) == 0 && strncmp(text, "pipe://", 7) !=
	    0) {
		set_command(u);
		return &schemes[0];
	}
	if (url_parse(text, u, f) == -1) {
		if (u->scheme[0] == '\0')
			(void)fail_set(f, EX_USAGE, "not a server: expected a "
			    "URL such as %s://host:port", schemes[0].name);
		return NULL;
	}
	for (i = 0; schemes[i].name != NULL; i++)
		if (strcmp(u->scheme, schemes[i].name) == 0)
			return &schemes[i];
	unknown_scheme(u, schemes, f);
	return NULL;
}

int
url_loopback(const struct url *u)
{
	static const unsigned char loopback[IP_BYTES] = { [15] = 1 };
	unsigned char bytes[IP_BYTES];

	/* What is no address in the one form that is read, such as
	 * 0127.0.0.1, may be another host. */
	switch (ip_read(slice_str(u->host), bytes)) {
	case AF_INET:
		return bytes[0] == 127;
	case AF_INET6:
		return memcmp(bytes, loopback, sizeof(loopback)) == 0;
	default:
		return strcasecmp(u->host, "localhost") == 0;
	}
}
