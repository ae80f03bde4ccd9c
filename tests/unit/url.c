/* SPDX-License-Identifier: ISC */
/* Tests of url: a server on a command line. */

#include "unit.h"
#include "url.h"

static void
good(void)
{
	static const struct {
		const char *text, *scheme, *user, *host, *port, *path;
	} cases[] = {
		{ "smtp://mx", "smtp", "", "mx", "", "" },
		{ "SMTP://Mx.Example.org:25", "smtp", "", "Mx.Example.org",
		    "25", "" },
		{ "smtp://mx:1", "smtp", "", "mx", "1", "" },
		{ "smtp://mx:65535/", "smtp", "", "mx", "65535", "" },
		{ "smtp://mx:", "smtp", "", "mx", "", "" },
		{ "smtp://[::1]", "smtp", "", "::1", "", "" },
		{ "smtp://[2001:db8::1]:2525/", "smtp", "", "2001:db8::1",
		    "2525", "" },
		{ "smtp://192.0.2.1:25", "smtp", "", "192.0.2.1", "25", "" },
		{ "imaps://alice%40example.org@mx/INBOX/a%20b", "imaps",
		    "alice@example.org", "mx", "", "INBOX/a b" },
		{ "imap://u@mx:143/a@b:c", "imap", "u", "mx", "143", "a@b:c" },
		{ "smtp://m%78", "smtp", "", "mx", "", "" },
		{ "smtp://a-b_c.d", "smtp", "", "a-b_c.d", "", "" },
		{ "smtp://b\303\274cher.example:25", "smtp", "",
		    "xn--bcher-kva.example", "25", "" },
		{ "smtp://\303\274@b%C3%BCcher/\303\274", "smtp",
		    "\303\274", "xn--bcher-kva", "", "\303\274" },
		/* What it becomes is what url_loopback looks at. */
		{ "smtp://\357\274\221\357\274\222\357\274\227.0.0.1",
		    "smtp", "", "127.0.0.1", "", "" },
	};
	struct url u;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { 0 };

		CASE(cases[i].text);
		CHECK_INT(url_parse(cases[i].text, &u, &f), 0);
		CHECK_STR(f.text, "");
		CHECK_STR(u.scheme, cases[i].scheme);
		CHECK_STR(u.user, cases[i].user);
		CHECK_STR(u.host, cases[i].host);
		CHECK_STR(u.port, cases[i].port);
		CHECK_STR(u.path, cases[i].path);
	}
}

static void
bad(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "not a server" },
		{ "mx", "not a server" },
		{ "mx:25", "not a server" },
		{ "smtp:mx", "not a server" },
		{ "smtp:/mx", "not a server" },
		{ "://mx", "not a server" },
		{ "abcdefghijklmnop://mx", "not a server" },
		{ "smtp://a@b@mx", "is %40" },
		{ "smtp://a@b%40mx@", "is %40" },
		{ "smtp://", "bad user, host" },
		{ "smtp:///x", "bad user, host" },
		{ "smtp://:25", "bad user, host" },
		{ "smtp://mx:0", "bad user, host" },
		{ "smtp://mx:65536", "bad user, host" },
		{ "smtp://mx:99999999999999999999", "bad user, host" },
		{ "smtp://mx:25x", "bad user, host" },
		{ "smtp://mx:-1", "bad user, host" },
		{ "smtp://mx: 25", "bad user, host" },
		{ "smtp://mx:000025", "bad user, host" },
		{ "smtp://[::1", "bad user, host" },
		{ "smtp://[]", "bad user, host" },
		{ "smtp://[::1]25", "bad user, host" },
		{ "smtp://-oProxyCommand=x", "bad user, host" },
		{ "smtp://%2doProxyCommand=x", "bad user, host" },
		{ "smtp://m x", "bad user, host" },
		{ "smtp://m%20", "bad user, host" },
		{ "smtp://m\rx", "bad user, host" },
		{ "smtp://m%0d%0ax", "bad user, host" },
		{ "smtp://m%00x", "bad user, host" },
		{ "smtp://m%", "bad user, host" },
		{ "smtp://m%4", "bad user, host" },
		{ "smtp://m%4g", "bad user, host" },
		{ "smtp://mx/a%7f", "bad user, host" },
		{ "smtp://u:secret@mx", "a password does not belong" },
		{ "smtp://u%0a@mx", "bad user, host" },
		{ "smtp://x\357\274\240y", "x\357\274\240y: no domain" },
		{ "smtp://x\357\274\217y", "no domain name: a label" },
		{ "smtp://x\357\274\23225", "no domain name" },
		{ "smtp://\357\274\215ox", "no domain name" },
		{ "smtp://\374.example", "no domain name: not UTF-8" },
		{ "smtp://i\342\235\244.ws", "no domain name" },
		{ "smtp://[\303\274]", "bad address" },
		{ "smtp://[::\357\274\221]", "bad address" },
	};
	struct url u;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { 0 };

		CASE(cases[i].text);
		CHECK_INT(url_parse(cases[i].text, &u, &f), -1);
		CHECK_INT(f.class, EX_USAGE);
		CHECK(strstr(f.text, cases[i].why) != NULL);
		CHECK(strstr(f.text, "secret") == NULL);
	}
}

static const struct url_scheme schemes[] = {
	{ .name = "pop3", .port = "110" },
	{ .name = "pop3s", .port = "995", .tls = 1 },
	{ .name = NULL },
};

static void
servers(void)
{
	struct fail f = { 0 };
	struct url u;

	CHECK(url_server("POP3S://h", schemes, &u, &f) == &schemes[1]);
	CHECK_STR(u.host, "h");
	CHECK(url_server("pipe:a b", schemes, &u, &f) == &schemes[0]);
	CHECK_STR(u.scheme, "pipe");
	CHECK_STR(u.host, "localhost");
	CHECK_STR(f.text, "");
	CHECK(url_server("pop3s://h:0", schemes, &u, &f) == NULL);
	CHECK_INT(f.class, EX_USAGE);
	CHECK(url_server("h:110", schemes, &u, &f) == NULL);
	CHECK_INT(f.class, EX_USAGE);
	CHECK_STR(f.text,
	    "not a server: expected a URL such as pop3://host:port");
	CHECK(url_server("pipe://h", schemes, &u, &f) == NULL);
	CHECK_INT(f.class, EX_UNAVAILABLE);
	CHECK_STR(f.text,
	    "pipe: only pop3://, pop3s:// and pipe: are there yet");
}

/* Hosts, users and paths that fit, and that have one byte too many. */
static void
lengths(void)
{
	static const struct {
		const char *before, *after;
		size_t room;
	} cases[] = {
		{ "smtp://", "", URL_HOST },
		{ "smtp://", "@mx", URL_USER },
		{ "smtp://mx/", "", URL_PATH },
	};
	char text[2048], middle[2048];
	struct url u;
	struct fail f;
	size_t i, n;

	memset(middle, 'x', sizeof(middle));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = cases[i].room - 1; n <= cases[i].room + 1; n++) {
			(void)snprintf(text, sizeof(text), "%s%.*s%s",
			    cases[i].before, (int)n, middle, cases[i].after);
			CHECK_INT(url_parse(text, &u, &f),
			    n < cases[i].room ? 0 : -1);
		}
}

static void
loopback(void)
{
	static const struct {
		const char *host;
		int want;
	} cases[] = {
		{ "localhost", 1 },
		{ "LocalHost", 1 },
		{ "127.0.0.1", 1 },
		{ "127.255.255.254", 1 },
		{ "[::1]", 1 },
		{ "[0:0:0:0:0:0:0:1]", 1 },
		{ "localhost.example.org", 0 },
		{ "128.0.0.1", 0 },
		{ "[::2]", 0 },
		{ "[::ffff:192.0.2.1]", 0 },
		/* getaddrinfo(3) reads this as 87.0.0.1, */
		{ "0127.0.0.1", 0 },
		/* and these are names for it. */
		{ "127.0.0.1.", 0 },
		{ "127.0.0.1.example.org", 0 },
		{ "127.0.0", 0 },
		{ "127.0.0.256", 0 },
		{ "127.0.0.", 0 },
		{ "127...1", 0 },
	};
	struct fail f;
	struct url u;
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].host);
		(void)snprintf(text, sizeof(text), "smtp://%s", cases[i].host);
		CHECK_INT(url_parse(text, &u, &f), 0);
		CHECK_INT(url_loopback(&u), cases[i].want);
	}
}

int
main(void)
{
	RUN(good);
	RUN(bad);
	RUN(servers);
	RUN(lengths);
	RUN(loopback);
	return unit_done();
}
