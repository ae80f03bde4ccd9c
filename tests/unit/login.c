/* SPDX-License-Identifier: ISC */
/* Tests of login: who logs in, by what. */

#include <sys/socket.h>
#include <unistd.h>

#include "login.h"
#include "unit.h"

static void
settled(void)
{
	static const struct {
		const char *url, *mechanism, *command;
		int fd, rc, wanted, token;
	} cases[] = {
		{ "pop3://h", NULL, NULL, -1, 0, 0, 0 },
		{ "pop3://a@h", NULL, NULL, -1, 0, 1, 0 },
		{ "pop3://a@h", "plain", "cat f", -1, 0, 1, 0 },
		{ "pop3://a@h", "XOAuth2", NULL, 3, 0, 1, 1 },
		{ "pop3://a@h", "oauthbearer", NULL, 3, 0, 1, 1 },
		{ "pop3://a@h", NULL, "c", 3, -1, 0, 0 },
		{ "pop3://a@h", "kerberos", NULL, -1, -1, 0, 0 },
		{ "pop3://h", NULL, "c", -1, -1, 0, 0 },
		{ "pop3://h", "external", NULL, -1, 0, 1, 0 },
		{ "pop3://h", "external", "c", -1, -1, 0, 0 },
	};
	struct login l;
	struct url u;
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].url);
		login_start(&l);
		l.scheme = "pop3";
		l.mechanism = cases[i].mechanism;
		l.command = cases[i].command;
		l.fd = cases[i].fd;
		CHECK_INT(url_parse(cases[i].url, &u, &f), 0);
		CHECK_INT(login_settle(&l, &u, &f), cases[i].rc);
		if (cases[i].rc == -1) {
			CHECK_INT(f.class, EX_USAGE);
		} else {
			CHECK_INT(l.wanted, cases[i].wanted);
			CHECK_INT(l.token, cases[i].token);
		}
		login_end(&l);
	}
}

/* A way that is none of SASL's is for the protocol to know. */
static void
of_the_protocol(void)
{
	struct login l;
	struct url u;
	struct fail f;

	login_start(&l);
	l.scheme = "pop3";
	l.mechanism = "apop";
	l.own = 1;
	CHECK_INT(url_parse("pop3://h", &u, &f), 0);
	CHECK_INT(login_settle(&l, &u, &f), -1);
	CHECK_STR(f.text, "who logs in? expected a URL such as "
	    "pop3://user@host, %40 for the @ in a user");
	CHECK_INT(url_parse("pop3://a@h", &u, &f), 0);
	CHECK_INT(login_settle(&l, &u, &f), 0);
	CHECK_INT(l.wanted, 1);
}

static void
options(void)
{
	struct login l;

	login_start(&l);
	CHECK_INT(login_option(&l, SLICE("auth-clear"), SLICE("yes")), 1);
	CHECK_INT(l.clear, 1);
	CHECK_INT(login_option(&l, SLICE("auth-clear"), SLICE("no")), 1);
	CHECK_INT(l.clear, 0);
	CHECK_INT(login_option(&l, SLICE("auth-clear"), SLICE("")), -1);
	CHECK_INT(login_option(&l, SLICE("tls"), SLICE("none")), 0);
	CHECK_INT(login_descriptor(&l, "9"), 0);
	CHECK_INT(l.fd, 9);
	CHECK_INT(login_descriptor(&l, "-1"), -1);
	CHECK_INT(login_descriptor(&l, ""), -1);
}

static void
terms(void)
{
	struct login l;
	struct login_terms t;
	struct secure s = { .local = 1, .options = { .host = "h",
		.port = "995" } };
	struct url u;
	struct fail f;
	struct conn *c;
	int fd[2], in[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 || pipe(in) == -1 ||
	    write(in[1], "secret\n", 7) != 7 || close(in[1]) == -1)
		abort();
	c = conn_new(fd[0], fd[0]);
	login_start(&l);
	l.fd = in[0];
	l.scheme = "pop3s";
	CHECK_INT(url_parse("pop3s://a%40b@h", &u, &f), 0);
	CHECK_INT(login_settle(&l, &u, &f), 0);
	CHECK_INT(login_prepare(&l, &u, &f), 0);
	login_terms(&l, &s, c, &t);
	CHECK_SLICE(t.conf.user, SLICE("a@b"));
	CHECK_SLICE(t.conf.secret, SLICE("secret"));
	CHECK_SLICE(t.conf.authzid, SLICE(""));
	CHECK_INT(t.conf.port, 995);
	CHECK_INT(t.conf.private, 1);
	CHECK(t.conf.binding == NULL);
	login_forget(&t);
	l.mechanism = "EXTERNAL";
	login_terms(&l, &s, c, &t);
	CHECK_SLICE(t.conf.authzid, SLICE("a@b"));
	login_forget(&t);
	login_end(&l);
	conn_close(&c);
	(void)close(fd[1]);
}

int
main(void)
{
	RUN(settled);
	RUN(of_the_protocol);
	RUN(options);
	RUN(terms);
	return unit_done();
}
