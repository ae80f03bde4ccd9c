/* SPDX-License-Identifier: ISC */
/* Tests of secure: what TLS is asked for, by options and by schemes. */

#include <sys/socket.h>

#include "secure.h"
#include "unit.h"

static const struct url_scheme plain = { .name = "pop3", .port = "110" };
static const struct url_scheme in_tls = { .name = "pop3s", .port = "995",
	.tls = 1 };
static const struct url_scheme domain = { .name = "mx", .port = "25",
	.automatic = 1 };

#define PIN "sha256:" \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static int
option(struct secure *s, const char *text)
{
	struct slice value = slice_str(text), key;

	(void)slice_until(&value, '=', &key);
	return secure_option(s, key, value);
}

static void
options(void)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "tls=require", 1 }, { "tls=may", 1 }, { "tls=none", 1 },
		{ "tls=insecure", 1 }, { "tls=", -1 }, { "tls=yes", -1 },
		{ "pin=" PIN, 1 }, { "pin=sha256:00", -1 }, { "pin=", -1 },
		{ "ca=", -1 }, { "ca=f", 1 }, { "cert=f", 1 }, { "key=f", 1 },
		{ "key=", -1 }, { "cert=", -1 }, { "helo=a", 0 }, { "=", 0 },
	};
	struct secure s = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text);
		CHECK_INT(option(&s, cases[i].text), cases[i].rc);
	}
	CHECK_INT(s.options.npins, 1);
	CHECK_STR(s.options.ca, "f");
	secure_end(&s);
}

/* What comes of a host, a scheme, and options. */
static void
settled(void)
{
	static const struct {
		const char *url;
		const struct url_scheme *scheme;
		const char *option[2];
		int rc;
		enum secure_policy policy;
	} cases[] = {
		{ "pop3://h", &plain, { NULL }, 0, SECURE_REQUIRE },
		{ "pop3://localhost", &plain, { NULL }, 0, SECURE_NONE },
		{ "pop3://[::1]", &plain, { NULL }, 0, SECURE_NONE },
		{ "pop3://127.0.0.1", &plain, { "ca=f" }, 0, SECURE_REQUIRE },
		{ "pop3://127.0.0.1", &plain, { "pin=" PIN }, 0,
		    SECURE_REQUIRE },
		{ "pop3://localhost", &plain, { "tls=may" }, 0, SECURE_MAY },
		{ "pop3://h", &plain, { "tls=none" }, 0, SECURE_NONE },
		{ "pop3s://h", &in_tls, { NULL }, 0, SECURE_REQUIRE },
		{ "pop3s://localhost", &in_tls, { NULL }, 0, SECURE_REQUIRE },
		{ "pop3s://h", &in_tls, { "tls=insecure" }, 0,
		    SECURE_INSECURE },
		{ "pop3s://h", &in_tls, { "tls=none" }, -1, 0 },
		{ "pop3s://h", &in_tls, { "tls=may" }, -1, 0 },
		{ "pop3://h", &plain, { "tls=may", "ca=f" }, -1, 0 },
		{ "pop3://h", &plain, { "tls=none", "cert=f" }, -1, 0 },
		{ "pop3://h", &plain, { "key=f" }, -1, 0 },
		{ "mx://h", &domain, { NULL }, 0, SECURE_MAY },
		{ "mx://h", &domain, { "pin=" PIN }, -1, 0 },
		{ "mx://h", &domain, { "pin=" PIN, "tls=require" }, 0,
		    SECURE_REQUIRE },
	};
	struct secure s;
	struct url u;
	struct fail f;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].url);
		s = (struct secure){ 0 };
		for (j = 0; j < 2 && cases[i].option[j] != NULL; j++)
			CHECK_INT(option(&s, cases[i].option[j]), 1);
		CHECK_INT(url_parse(cases[i].url, &u, &f), 0);
		CHECK_INT(secure_settle(&s, &u, cases[i].scheme, &f),
		    cases[i].rc);
		if (cases[i].rc == -1)
			CHECK_INT(f.class, EX_USAGE);
		else
			CHECK_INT(s.policy, cases[i].policy);
		CHECK_STR(s.options.port, cases[i].scheme->port);
		secure_end(&s);
	}
}

static void
of_the_url(void)
{
	struct secure s = { .via = "socks5://proxy" };
	struct url u;
	struct fail f;

	CHECK_INT(url_parse("pop3://localhost:1110", &u, &f), 0);
	CHECK_INT(secure_settle(&s, &u, &plain, &f), 0);
	CHECK_STR(s.options.port, "1110");
	/* Behind a proxy it is somebody's localhost. */
	CHECK_INT(s.local, 0);
	CHECK_INT(s.policy, SECURE_REQUIRE);
	secure_end(&s);
}

static void
missing(void)
{
	struct secure s = { .policy = SECURE_REQUIRE };
	struct fail f = { 0 };

	CHECK_INT(secure_wanted(&s), 1);
	CHECK_INT(secure_missing(&s, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	(void)fail_set(&f, EX_UNAVAILABLE, "no");
	CHECK_INT(secure_missing(&s, 1, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "TLS is required, and refused: no");
	s.policy = SECURE_MAY;
	CHECK_INT(secure_missing(&s, 0, &f), 0);
	s.failed = 1;
	CHECK_INT(secure_wanted(&s), 0);
	s = (struct secure){ .policy = SECURE_NONE };
	CHECK_INT(secure_wanted(&s), 0);
	s = (struct secure){ .policy = SECURE_REQUIRE, .implicit = 1 };
	CHECK_INT(secure_wanted(&s), 0);
}

/* A channel in clear text. */
static void
in_clear_text(void)
{
	struct secure s = { .policy = SECURE_MAY };
	struct fail f = { .class = EX_TEMPFAIL };
	struct conn *c;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	c = conn_new(fd[0], fd[0]);
	CHECK_INT(secure_begin(&s, c, 1, &f), 0);
	CHECK_INT(secure_private(&s, c), 0);
	s.policy = SECURE_INSECURE;
	CHECK_INT(secure_private(&s, c), 0);
	s.local = 1;
	CHECK_INT(secure_private(&s, c), 1);
	/* It was no handshake that failed. */
	s.policy = SECURE_MAY;
	CHECK_INT(secure_failed(&s, c, &f), -1);
	conn_close(&c);
	(void)shutdown(fd[1], SHUT_RDWR);
}

int
main(void)
{
	RUN(options);
	RUN(settled);
	RUN(of_the_url);
	RUN(missing);
	RUN(in_clear_text);
	return unit_done();
}
