/* SPDX-License-Identifier: ISC */
/* addr: the grammar of a mailbox and of SMTP paths; see addr.h.  Lists of
 * header fields are read in addr_list.c. */

#include <string.h>

#include "addr.h"
#include "hdr.h"
#include "idn.h"
#include "ip.h"
#include "limits.h"
#include "text.h"
#include "utf8.h"

enum {
	LABEL = 63,    /* RFC 1035, 2.3.4 */
	MAILBOX = 254, /* LIMIT_PATH without its angle brackets */
};


static int
is_alnum(int c)
{
	return (c >= '0' && c <= '9') ||
	    (slice_lower(c) >= 'a' && slice_lower(c) <= 'z');
}

/* The grammar takes bytes above 127 for letters (RFC 6531, 3.3); check says
 * before whether there may be any.  RFC 5322, 3.2.3 */
static int
is_atext(int c)
{
	return is_alnum(c) || c > 127 ||
	    (c > 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Takes a Dot-string: 0, or -1. */
static int
take_dot_string(struct slice *s)
{
	do {
		if (!is_atext(slice_peek(*s)))
			return -1;
		while (is_atext(slice_peek(*s)))
			(void)slice_getc(s);
	} while (slice_peek(*s) == '.' && slice_getc(s) != -1);
	return 0;
}

/* Takes a Quoted-string, of printable ASCII (RFC 5321, 4.1.2): 0, or -1. */
static int
take_quoted(struct slice *s)
{
	struct slice inside;
	int c;

	if (hdr_quoted(s, &inside) == -1)
		return -1;
	while ((c = slice_getc(&inside)) != -1)
		if (c < ' ' || c == 127)
			return -1;
	return 0;
}

/* Takes a local-part: 0 with *out, or -1. */
static int
take_local(struct slice *s, struct slice *out)
{
	struct slice from = *s;

	if ((slice_peek(*s) == '"' ? take_quoted(s) : take_dot_string(s)) == -1)
		return -1;
	*out = slice_sub(from, 0, from.n - s->n);
	return 0;
}

/* Takes one label of a domain: 0, or -1. */
static int
take_label(struct slice *s)
{
	struct slice label = *s;
	size_t n = 0;
	int c;

	for (; (c = slice_peek(slice_sub(*s, n, s->n))) != -1; n++)
		if (!is_alnum(c) && c != '-' && c < 128)
			break;
	if (slice_take(s, n, &label) == -1 || n == 0 ||
	    (n > LABEL && utf8_ascii(label)) ||
	    label.p[0] == '-' || label.p[n - 1] == '-')
		return -1;
	return 0;
}

/* Takes an address-literal, of IPv4 or IPv6 (RFC 5321, 4.1.3): 0, or -1. */
static int
take_literal(struct slice *s)
{
	struct slice inside;
	int family = AF_INET;

	(void)slice_getc(s);
	if (!slice_until(s, ']', &inside))
		return -1;
	if (slice_casestarts(inside, SLICE("IPv6:"))) {
		inside = slice_sub(inside, 5, inside.n);
		family = AF_INET6;
	}
	return ip_read(inside, NULL) == family ? 0 : -1;
}

/* Takes a Domain or address-literal: 0 with *out, or -1. */
static int
take_domain(struct slice *s, struct slice *out)
{
	struct slice from = *s;

	if (slice_peek(*s) == '[') {
		if (take_literal(s) == -1)
			return -1;
	} else {
		do {
			if (take_label(s) == -1)
				return -1;
		} while (slice_peek(*s) == '.' && slice_getc(s) != -1);
	}
	*out = slice_sub(from, 0, from.n - s->n);
	return 0;
}

static int
no_mailbox(struct slice text, const char *reason, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "no mail address: \"%s\": %s",
	    TEXT_SHOW(text), reason);
}

/* The grammar and the lengths, after it was seen which bytes there are. */
static int
check(struct slice text, struct addr *a, struct fail *f)
{
	struct slice rest = text;
	struct addr new;

	if (take_local(&rest, &new.local) == -1)
		return no_mailbox(text, "bad local part", f);
	if (slice_getc(&rest) != '@')
		return no_mailbox(text, "no \"@\" after the local part", f);
	if (take_domain(&rest, &new.domain) == -1 || rest.n > 0)
		return no_mailbox(text, "bad domain", f);
	if (new.local.n > LIMIT_LOCAL_PART)
		return no_mailbox(text, "local part longer than 64", f);
	if (new.domain.n > LIMIT_DOMAIN || text.n > MAILBOX)
		return no_mailbox(text, "longer than 254", f);
	*a = new;
	return 0;
}

int
addr_check(struct slice text, struct addr *a, struct fail *f)
{
	if (!utf8_ascii(text))
		return no_mailbox(text, "a byte above 127", f);
	return check(text, a, f);
}

int
addr_check_utf8(struct slice text, struct addr *a, struct fail *f)
{
	struct slice rest = text;
	unsigned run = 0;
	int32_t c;

	while ((c = utf8_next(&rest)) != -1)
		if (utf8_unfit(c, &run))
			return no_mailbox(text, "a bad character", f);
	return check(text, a, f);
}

int
addr_to_ascii(struct slice text, char out[ADDR_TEXT], struct fail *f)
{
	char name[IDN_DOMAIN];
	struct addr a;

	if (addr_check_utf8(text, &a, f) == -1 ||
	    idn_to_ascii(a.domain, name, f) == -1)
		return -1;
	if (utf8_ascii(a.local))
		a.domain = slice_str(name);
	addr_format(out, &a);
	return utf8_ascii(a.local) ? addr_check(slice_str(out), &a, f) : 0;
}

/* Takes what stands between angle brackets, of which the first was taken;
 * one inside quotes does not count.  0, or -1 where there is no end. */
static int
take_path(struct slice *s, struct slice *path)
{
	struct slice from = *s, inside;
	int c;

	while ((c = slice_peek(*s)) != -1 && c != '>') {
		if (c == '"')
			(void)hdr_quoted(s, &inside);
		else
			(void)slice_getc(s);
	}
	*path = slice_sub(from, 0, from.n - s->n);
	return slice_getc(s) == -1 ? -1 : 0;
}

/* Takes a source route and its colon off the front: 0, or -1. */
static int
skip_route(struct slice *path)
{
	struct slice domain;
	int c;

	if (slice_peek(*path) != '@')
		return 0;
	do {
		if (slice_getc(path) != '@' ||
		    take_domain(path, &domain) == -1 || !utf8_ascii(domain))
			return -1;
	} while ((c = slice_getc(path)) == ',');
	return c == ':' ? 0 : -1;
}

struct slice
addr_domain_of(struct slice address)
{
	/* None of it has an "@"; a quoted local-part may. */
	const char *at = address.n == 0 ? NULL :
	    (const char *)memrchr(address.p, '@', address.n);

	return at == NULL ? SLICE("") :
	    slice_sub(address, (size_t)(at - address.p) + 1, address.n);
}

int
addr_is_name(struct slice text)
{
	int first = slice_peek(text);

	return text.n <= LIMIT_LOCAL_PART && utf8_ascii(text) &&
	    first != '|' && first != '/' && take_dot_string(&text) == 0 &&
	    text.n == 0;
}

int
addr_path(struct slice *s, int allow, struct addr *a, struct fail *f)
{
	struct slice path, whole = *s;

	while (slice_peek(*s) == ' ')
		(void)slice_getc(s);
	if (slice_getc(s) != '<')
		return no_mailbox(whole, "no \"<\"", f);
	if (take_path(s, &path) == -1)
		return no_mailbox(whole, "no \">\"", f);
	*a = (struct addr){ .local = path };
	a->domain = slice_sub(path, path.n, path.n);
	if (path.n == 0 && (allow & ADDR_NULL))
		return 0;
	if (slice_caseeq(path, SLICE("postmaster")) &&
	    (allow & ADDR_POSTMASTER))
		return 0;
	if ((allow & ADDR_LOCAL) && addr_is_name(path))
		return 0;
	whole = path;
	if (skip_route(&path) == -1)
		return no_mailbox(whole, "bad source route", f);
	return (allow & ADDR_UTF8) ? addr_check_utf8(path, a, f) :
	    addr_check(path, a, f);
}

int
addr_ascii(const struct addr *a)
{
	return utf8_ascii(a->local) && utf8_ascii(a->domain);
}

/* No other name of ASCII is one of U-labels. */
static int
has_a_label(struct slice domain)
{
	struct slice label;
	int more, found = 0;

	do {
		more = slice_until(&domain, '.', &label);
		found |= slice_casestarts(label, SLICE("xn--"));
	} while (more && !found);
	return found;
}

int
addr_same_domain(struct slice a, struct slice b)
{
	if (slice_caseeq(a, b))
		return 1;
	if (utf8_ascii(a))
		return !utf8_ascii(b) && has_a_label(a) && idn_same(a, b);
	return (!utf8_ascii(b) || has_a_label(b)) && idn_same(a, b);
}

char *
addr_format(char out[ADDR_TEXT], const struct addr *a)
{
	struct slice local = slice_sub(a->local, 0, LIMIT_LOCAL_PART);
	struct slice domain = slice_sub(a->domain, 0, LIMIT_DOMAIN);
	size_t n = local.n;

	if (local.n > 0)
		memcpy(out, local.p, local.n);
	if (domain.n > 0) {
		out[n++] = '@';
		memcpy(out + n, domain.p, domain.n);
	}
	out[n + domain.n] = '\0';
	return out;
}

int
addr_unquote(struct slice local, struct buf *out)
{
	struct slice inside;

	if (slice_peek(local) != '"')
		return buf_add(out, local);
	(void)hdr_quoted(&local, &inside);
	return hdr_unquote(inside, out);
}
