/* SPDX-License-Identifier: ISC */
/* nexthop: where mail for an address goes from here; see nexthop.h. */

#include <stdio.h>

#include "addr.h"
#include "nexthop.h"
#include "smtpurl.h"
#include "text.h"
#include "users.h"

int
nexthop_is_local(const struct conf *conf, struct slice address)
{
	struct slice domain = addr_domain_of(address);

	return domain.n == 0 || users_domain(conf, domain);
}

/* How well the domain of a Route fits: the bytes of it; 0 where it does not. */
static size_t
fit(struct slice route, struct slice domain)
{
	size_t at;

	if (slice_peek(route) != '.')
		return addr_same_domain(route, domain) ? SIZE_MAX : 0;
	(void)slice_getc(&route);
	for (at = slice_find(domain, '.'); at < domain.n;
	    at = slice_find(domain, '.')) {
		domain = slice_sub(domain, at + 1, domain.n);
		if (addr_same_domain(route, domain))
			return route.n;
	}
	return 0;
}

static void
set_server(struct nexthop *n, struct slice server)
{
	n->target = slice_trim(server);
	n->kind = smtpurl_is(n->target) ? NEXTHOP_URL : NEXTHOP_ACCOUNT;
}

static int
find_server(const struct conf *conf, struct slice domain, struct nexthop *n)
{
	size_t i, best = 0, fits;

	for (i = 0; i < conf->routes.n; i++) {
		struct slice route = slice_str(conf->routes.items[i]), name;

		if (slice_word(&route, &name) &&
		    (fits = fit(name, domain)) > best) {
			best = fits;
			set_server(n, route);
		}
	}
	if (best == 0 && conf->smarthost != NULL)
		set_server(n, slice_str(conf->smarthost));
	return best > 0 || conf->smarthost != NULL;
}

static void
set_literal(struct nexthop *n, struct slice literal)
{
	int v6 = slice_casestarts(literal, SLICE("[IPv6:"));
	struct slice address = slice_sub(literal, v6 ? 6 : 1, literal.n - 1);

	n->kind = NEXTHOP_ADDRESS;
	(void)snprintf(n->text, sizeof(n->text), v6 ? "smtp://[%.*s]" :
	    "smtp://%.*s", SLICE_ARG(address));
	n->target = slice_str(n->text);
}

static void
add_lower(struct nexthop *n, size_t *used, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && *used < sizeof(n->text); i++)
		n->text[(*used)++] = (char)slice_lower((unsigned char)s.p[i]);
	n->user = (struct slice){ n->text, *used };
}

/* The machine's users are the same in each domain.  An address that is longer
 * than "text" shares with those that begin so. */
static void
set_user(const struct conf *conf, struct slice address, struct nexthop *n)
{
	struct slice domain = addr_domain_of(address);
	struct slice local = slice_sub(address, 0, address.n - domain.n -
	    (domain.n > 0));
	size_t used = 0, at = slice_find(local, conf->recipient_delimiter);

	add_lower(n, &used, slice_sub(local, 0, at > 0 ? at : local.n));
	if (conf->users != NULL) {
		add_lower(n, &used, SLICE("@"));
		add_lower(n, &used, domain.n > 0 ? domain :
		    slice_str(conf->domains[0]));
	}
}

int
nexthop_find(const struct conf *conf, struct slice address, struct nexthop *n,
    struct fail *f)
{
	struct slice domain = addr_domain_of(address);
	char name[IDN_DOMAIN];
	char *p;

	n->target = n->user = SLICE("");
	n->kind = NEXTHOP_LOCAL;
	if (nexthop_is_local(conf, address)) {
		set_user(conf, address, n);
		return 0;
	}
	if (find_server(conf, domain, n))
		return 0;
	if (slice_peek(domain) == '[') {
		set_literal(n, domain);
		return 0;
	}
	if (idn_to_ascii(domain, name, f) == -1) {
		f->class = f->class == EX_DATAERR ? EX_NOHOST : EX_TEMPFAIL;
		return -1;
	}
	for (p = name; *p != '\0'; p++)
		*p = (char)slice_lower((unsigned char)*p);
	n->kind = NEXTHOP_MX;
	(void)snprintf(n->text, sizeof(n->text), "mx://%s", name);
	n->target = slice_str(n->text);
	return 0;
}
