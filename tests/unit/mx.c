/* SPDX-License-Identifier: ISC */
/* Unit test of mx: who takes the mail of a domain, and who does not. */

#include "mx.h"
#include "dnspeer.h"

static const struct dnspeer_record zone[] = {
	{ "three.example", DNS_MX, "20 Second.example", 0 },
	{ "three.example", DNS_MX, "10 first.example", 0 },
	{ "three.example", DNS_MX, "30 third.example", 0 },
	{ "equal.example", DNS_MX, "5 a.example", 0 },
	{ "equal.example", DNS_MX, "5 b.example", 0 },
	{ "equal.example", DNS_MX, "5 c.example", 0 },
	{ "equal.example", DNS_MX, "1 z.example", 0 },
	{ "null.example", DNS_MX, "0 ", 0 },
	{ "both.example", DNS_MX, "0 ", 0 },
	{ "both.example", DNS_MX, "10 mx.example", 0 },
	{ "insecure.example", DNS_MX, "10 mx.example", DNSPEER_INSECURE },
	{ "address.example", DNS_A, "192.0.2.1", 0 },
	{ "alias.example", DNS_CNAME, "three.example", 0 },
	{ "other.example", DNS_CNAME, "address.example", 0 },
	{ "loop.example", DNS_CNAME, "loop.example", 0 },
	{ "fails.example", DNS_MX, "SERVFAIL", 0 },
	{ "numbers.example", DNS_MX, "10 192.0.2.1", 0 },
	{ "numbers.example", DNS_MX, "10 a b", 0 },
	{ "some.example", DNS_MX, "10 192.0.2.1", 0 },
	{ "some.example", DNS_MX, "20 mx.example", 0 },
	{ "xn--mx-xka.example", DNS_MX, "7 xn--mx-xka.example", 0 },
	{ NULL, 0, NULL, 0 },
};

static struct fail fail;

/* "mx.example 10 b.example 20", or the status code and the sentence. */
static const char *
find(const char *domain, const char *self)
{
	struct mx_query q = { dnspeer_server, slice_str(domain), self };
	static char text[1024];
	size_t i, n = 0;
	struct mx mx;

	text[0] = '\0';
	memset(&fail, 0, sizeof(fail));
	if (mx_find(&q, &mx, &fail) == -1)
		(void)snprintf(text, sizeof(text), "%s %s", mx.enhanced,
		    fail.text);
	for (i = 0; i < mx.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %u",
		    i > 0 ? " " : "", mx.host[i].name, mx.host[i].preference);
	if (mx.n > 0 && mx.implicit)
		(void)snprintf(text + n, sizeof(text) - n, " itself");
	mx_free(&mx);
	return text;
}

static void
order(void)
{
	CHECK_STR(find("three.example", NULL),
	    "first.example 10 second.example 20 third.example 30");
	CHECK_STR(find("THREE.Example.", NULL),
	    "first.example 10 second.example 20 third.example 30");
	CHECK_STR(find("both.example", NULL), "mx.example 10");
	CHECK_STR(find("some.example", NULL), "mx.example 20");
	CHECK_STR(find("m\303\274x.example", NULL), "xn--mx-xka.example 7");
}

/* Each of the six orders comes within so many times, with a chance of one in
 * 10^50 that it does not. */
static void
equal(void)
{
	static const char *const orders[] = { "abc", "acb", "bac", "bca",
		"cab", "cba" };
	int seen[6] = { 0 }, i, k;
	const char *text;

	for (i = 0; i < 700; i++) {
		char order[4] = { 0 };

		text = find("equal.example", NULL);
		CHECK_SLICE(slice_sub(slice_str(text), 0, 12),
		    SLICE("z.example 1 "));
		for (k = 0; k < 3 && strlen(text) == 47; k++)
			order[k] = text[12 + 12 * k];
		for (k = 0; k < 6; k++)
			seen[k] += strcmp(order, orders[k]) == 0;
	}
	for (k = 0; k < 6; k++) {
		CASE(orders[k]);
		CHECK(seen[k] > 0);
	}
}

/* RFC 5321, 5.1: whoever is not nearer to the domain than we are sends it to
 * us. */
static void
ourselves(void)
{
	CHECK_STR(find("three.example", "SECOND.example."),
	    "first.example 10");
	CHECK_STR(find("three.example", "third.example"),
	    "first.example 10 second.example 20");
	CHECK_STR(find("three.example", "first.example"), "5.4.6 "
	    "three.example: the mail loops: we are its best MX, and do not "
	    "take it");
	CHECK_INT(fail.class, EX_UNAVAILABLE);
	CHECK_STR(find("equal.example", "b.example"), "z.example 1");
	CHECK_SLICE(slice_sub(slice_str(find("address.example",
	    "address.example")), 0, 5), SLICE("5.4.6"));
	CHECK_SLICE(slice_sub(slice_str(find("other.example",
	    "address.example")), 0, 5), SLICE("5.4.6"));
	CHECK_SLICE(slice_sub(slice_str(find("other.example",
	    "other.example")), 0, 5), SLICE("5.4.6"));
	CHECK_STR(find("m\303\274x.example", "m\303\274x.example"), "5.4.6 "
	    "xn--mx-xka.example: the mail loops: we are its best MX, and do "
	    "not take it");
}

static void
no_mx(void)
{
	CHECK_STR(find("address.example", NULL), "address.example 0 itself");
	CHECK_STR(find("address.example", "mx.example"),
	    "address.example 0 itself");
	CHECK_STR(find("other.example", NULL), "other.example 0 itself");
	CHECK_STR(find("alias.example", NULL),
	    "first.example 10 second.example 20 third.example 30");
}

static void
failures(void)
{
	CHECK_STR(find("null.example", NULL),
	    "5.1.10 null.example: it takes no mail (null MX)");
	CHECK_INT(fail.class, EX_UNAVAILABLE);
	CHECK_STR(find("none.example", NULL),
	    "5.1.2 none.example: no such name in the DNS");
	CHECK_INT(fail.class, EX_NOHOST);
	CHECK_STR(find("fails.example", NULL),
	    "4.4.3 fails.example: MX: no answer from the DNS");
	CHECK_INT(fail.class, EX_TEMPFAIL);
	CHECK_STR(find("loop.example", NULL),
	    "4.4.3 loop.example: MX: no answer from the DNS");
	CHECK_STR(find("numbers.example", NULL),
	    "5.4.4 numbers.example: none of its MX is the name of a host");
	CHECK_INT(fail.class, EX_NOHOST);
	CHECK_STR(find("[192.0.2.1]", NULL),
	    "5.1.2 [192.0.2.1]: no such name in the DNS");
	CHECK_SLICE(slice_sub(slice_str(find("\314\210b.example", NULL)), 0,
	    5), SLICE("5.1.2"));
	CHECK_INT(fail.class, EX_NOHOST);
}

static int
is_secure(const char *domain)
{
	struct mx_query q = { dnspeer_server, slice_str(domain), NULL };
	struct mx mx;
	int secure;

	CHECK_INT(mx_find(&q, &mx, &fail), 0);
	secure = mx.secure;
	mx_free(&mx);
	return secure;
}

static void
security(void)
{
	CHECK_INT(is_secure("three.example"), 1);
	CHECK_INT(is_secure("alias.example"), 1);
	CHECK_INT(is_secure("address.example"), 1);
	CHECK_INT(is_secure("insecure.example"), 0);
}

static void
too_many(void)
{
	static char names[30][32];
	struct dnspeer_record many[31] = { { 0 } };
	struct mx_query q = { dnspeer_server, SLICE("many.example"), NULL };
	struct mx mx;
	int i;

	for (i = 0; i < 30; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%d mx%d.example",
		    100 - i, i);
		many[i] = (struct dnspeer_record){ "many.example", DNS_MX,
			names[i], 0 };
	}
	dnspeer_stop();
	dnspeer_start(many);
	q.nameserver = dnspeer_server;
	CHECK_INT(mx_find(&q, &mx, &fail), 0);
	CHECK_INT(mx.n, MX_HOSTS);
	CHECK_INT(mx.left_out, 10);
	CHECK_STR(mx.host[0].name, "mx29.example");
	mx_free(&mx);
}

int
main(void)
{
	dnspeer_start(zone);
	RUN(order);
	RUN(equal);
	RUN(ourselves);
	RUN(no_mx);
	RUN(failures);
	RUN(security);
	RUN(too_many);
	dnspeer_stop();
	return unit_done();
}
