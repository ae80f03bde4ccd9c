/* SPDX-License-Identifier: ISC */
/* Unit test of nexthop: where mail for an address goes. */

#include "addr.h"
#include "../../cmd/queue/nexthop.h"
#include "unit.h"

static const char *domains[] = { "example.org", "b\303\274cher.example" };
static const char *routes[] = { "partner.example smtps://gate.example",
	".example.net lmtp://inner:24", ".deep.example.net work",
	"xn--strae-oqa.example smtp://street.example" };
static struct conf conf = { .domains = domains, .ndomains = 2,
	.routes = { routes, 4 } };

static void
check(const char *address, enum nexthop_kind kind, const char *target)
{
	struct nexthop n;
	struct fail f = { 0 };

	CASE(address);
	CHECK_INT(nexthop_find(&conf, slice_str(address), &n, &f), 0);
	CHECK_INT(n.kind, kind);
	CHECK_SLICE(n.target, slice_str(target));
}

static void
kinds(void)
{
	check("root", NEXTHOP_LOCAL, "");
	check("alice@EXAMPLE.org", NEXTHOP_LOCAL, "");
	check("\"a@b.example\"@example.org", NEXTHOP_LOCAL, "");
	check("alice@xn--bcher-kva.example", NEXTHOP_LOCAL, "");
	check("bob@Partner.Example", NEXTHOP_URL, "smtps://gate.example");
	check("bob@a.example.net", NEXTHOP_URL, "lmtp://inner:24");
	check("bob@a.b.example.net", NEXTHOP_URL, "lmtp://inner:24");
	check("bob@example.net", NEXTHOP_MX, "mx://example.net");
	check("bob@notexample.net", NEXTHOP_MX, "mx://notexample.net");
	check("bob@a.deep.example.net", NEXTHOP_ACCOUNT, "work");
	check("bob@stra\303\237e.example", NEXTHOP_URL,
	    "smtp://street.example");
	check("bob@SUB.Other.Example", NEXTHOP_MX, "mx://sub.other.example");
	check("bob@M\303\234NCHEN.example", NEXTHOP_MX,
	    "mx://xn--mnchen-3ya.example");
	check("bob@[192.0.2.1]", NEXTHOP_ADDRESS, "smtp://192.0.2.1");
	check("bob@[IPv6:2001:db8::1]", NEXTHOP_ADDRESS,
	    "smtp://[2001:db8::1]");
}

/* It is for all that nothing else is said of, literals too. */
static void
smarthost(void)
{
	conf.smarthost = "smtps://relay.example";
	check("bob@other.example", NEXTHOP_URL, "smtps://relay.example");
	check("bob@[192.0.2.1]", NEXTHOP_URL, "smtps://relay.example");
	check("bob@partner.example", NEXTHOP_URL, "smtps://gate.example");
	check("alice@example.org", NEXTHOP_LOCAL, "");
	conf.smarthost = "home";
	check("bob@other.example", NEXTHOP_ACCOUNT, "home");
	conf.smarthost = NULL;
}

static void
no_domain(void)
{
	struct nexthop n;
	struct fail f = { 0 };

	CHECK_INT(nexthop_find(&conf, SLICE("bob@\342\200\213.example"), &n,
	    &f), -1);
	CHECK_INT(f.class, EX_NOHOST);
}

static void
user_of(const char *address, const char *user)
{
	struct nexthop n;
	struct fail f = { 0 };

	CASE(address);
	CHECK_INT(nexthop_find(&conf, slice_str(address), &n, &f), 0);
	CHECK_SLICE(n.user, slice_str(user));
}

static void
users(void)
{
	char address[ADDR_TEXT * 2], want[ADDR_TEXT + 1] = "";

	user_of("bob@example.net", "");
	user_of("bob", "bob");
	conf.recipient_delimiter = '+';
	user_of("Bob+Lists@example.org", "bob");
	user_of("bob+x", "bob");
	user_of("+x@example.org", "+x");
	conf.users = "users";
	user_of("Bob+Lists@Example.org", "bob@example.org");
	user_of("bob", "bob@example.org");
	memset(address, 'x', sizeof(address));
	memset(want, 'x', ADDR_TEXT);
	memcpy(address + sizeof(address) - 13, "@example.org", 13);
	user_of(address, want);
	conf.users = NULL;
	conf.recipient_delimiter = 0;
	user_of("bob+x@example.org", "bob+x");
}

static void
domain(void)
{
	CHECK_SLICE(addr_domain_of(SLICE("a@b")), SLICE("b"));
	CHECK_SLICE(addr_domain_of(SLICE("\"a@b\"@c")), SLICE("c"));
	CHECK_SLICE(addr_domain_of(SLICE("root")), SLICE(""));
	CHECK_SLICE(addr_domain_of(SLICE("")), SLICE(""));
}

int
main(void)
{
	RUN(kinds);
	RUN(smarthost);
	RUN(no_domain);
	RUN(users);
	RUN(domain);
	return unit_done();
}
