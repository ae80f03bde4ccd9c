/* SPDX-License-Identifier: ISC */
/* Tests of smtpurl: where mail can be sent to. */

#include "smtpurl.h"
#include "unit.h"

static void
good(void)
{
	static const char *const servers[] = { "smtp://h", "SMTPS://u@h:1",
		"lmtp://[::1]:24", "lmtp://h:2525", "mx://example.org:26",
		"pipe:ssh h 'a b'", "work", "my-account", "alice@example.org",
		"h.example" };
	size_t i;

	for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		struct fail f = { 0 };

		CASE(servers[i]);
		CHECK_INT(smtpurl_good(servers[i], &f), 0);
		CHECK_STR(f.text, "");
	}
}

static void
bad(void)
{
	static const struct {
		const char *server;
		int class;
		const char *why;
	} cases[] = {
		{ "smtp:h", EX_USAGE, "not a server: expected a URL such as "
		    "smtp://host:port" },
		{ "h.example:25", EX_USAGE, "not a server: expected a URL "
		    "such as smtp://host:port" },
		{ "imap://h", EX_UNAVAILABLE, "imap: only smtp://, smtps://, "
		    "lmtp://, mx:// and pipe: are there yet" },
		{ "pipe://h", EX_UNAVAILABLE, "pipe: only smtp://, smtps://, "
		    "lmtp://, mx:// and pipe: are there yet" },
		{ "smtp://u:p@h", EX_USAGE,
		    "a password does not belong in a URL" },
		{ "smtps://h:65536", EX_USAGE,
		    "smtps: bad user, host, port or path in the URL" },
		{ "lmtp://h:25", EX_USAGE, "LMTP must not use port 25" },
		{ "mx://u@example.org", EX_USAGE,
		    "with mx:// nobody logs in" },
		{ "[192.0.2.1]", EX_USAGE,
		    "an address is written as in smtp://[192.0.2.1]" },
		{ "[IPv6:2001:db8::1]", EX_USAGE,
		    "an address is written as in smtp://[192.0.2.1]" },
		{ "-x", EX_USAGE, "neither a URL, as smtp://host, nor an "
		    "account, whose name begins with no -" },
		{ "my account", EX_USAGE, "neither a URL, as smtp://host:port,"
		    " nor an account, whose name has no blanks" },
		{ "pipe:", EX_CONFIG, "an empty command" },
		{ "pipe:a 'b", EX_CONFIG, "a command with a quote or a "
		    "backslash that nothing follows" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { 0 };

		CASE(cases[i].server);
		CHECK_INT(smtpurl_good(cases[i].server, &f), -1);
		CHECK_INT(f.class, cases[i].class);
		CHECK_STR(f.text, cases[i].why);
	}
}

/* A login that no URL tells of, but an option does. */
static void
check(void)
{
	struct url u = { .scheme = "mx", .host = "example.org" };
	struct fail f = { 0 };

	CHECK_INT(smtpurl_check(&u, 0, &f), 0);
	CHECK_INT(smtpurl_check(&u, 1, &f), -1);
	CHECK_INT(f.class, EX_USAGE);
	memcpy(u.scheme, "smtp", 5);
	CHECK_INT(smtpurl_check(&u, 1, &f), 0);
}

static void
is(void)
{
	CHECK(smtpurl_is(SLICE("smtp://h")));
	CHECK(smtpurl_is(SLICE("pipe:a")));
	CHECK(!smtpurl_is(SLICE("work")));
	CHECK(!smtpurl_is(SLICE("h.example")));
}

int
main(void)
{
	RUN(good);
	RUN(bad);
	RUN(check);
	RUN(is);
	return unit_done();
}
