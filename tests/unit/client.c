/* SPDX-License-Identifier: ISC */
/* Tests of client: options that all clients have, and a program as a peer. */

#include "client.h"
#include "unit.h"

static const char *
server(const struct account *a)
{
	return a->imap;
}

static const struct url_scheme schemes[] = {
	{ .name = "imap", .port = "143" },
	{ .name = NULL },
};
static const struct target_family family = { "Imap", server, schemes };

static void
most(void)
{
	uint64_t n = 7;

	CHECK_INT(client_most("max-size=", &n), -1);
	CHECK_INT(client_most("max-size=0", &n), -1);
	CHECK_INT(client_most("max-size=1k", &n), -1);
	CHECK_INT(client_most("max-size", &n), 0);
	CHECK_INT(client_most("timeout=5", &n), 0);
	CHECK_INT(client_most("max-size=18446744073709551616", &n), -1);
	CHECK_INT(n, 7);
	CHECK_INT(client_most("max-size=18446744073709551615", &n), 1);
	CHECK(n == UINT64_MAX);
}

static void
options(void)
{
	static const struct {
		int option;
		const char *value;
		int rc;
	} cases[] = {
		{ 'A', "plain", 1 }, { 'a', "work", 1 }, { 'p', "cat f", 1 },
		{ 'P', "3", 1 }, { 'P', "x", -1 }, { 'v', NULL, 1 },
		{ 'x', NULL, 0 }, { 'o', "timeout=5", 1 },
		{ 'o', "timeout=0", -1 }, { 'o', "timeout=86401", -1 },
		{ 'o', "source=::1", 1 }, { 'o', "source=localhost", -1 },
		{ 'o', "proxy=socks5://h", 1 }, { 'o', "proxy=", -1 },
		{ 'o', "tls=may", 1 }, { 'o', "auth-clear=yes", 1 },
		{ 'o', "other=1", -1 }, { 'o', "timeout", -1 },
		{ 'o', "", -1 },
	};
	struct client c;
	size_t i;

	client_start(&c, &family);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].value == NULL ? "" : cases[i].value);
		CHECK_INT(client_option(&c, cases[i].option, cases[i].value),
		    cases[i].rc);
	}
	CHECK_INT(client_key(&c, SLICE("other"), SLICE("1")), 0);
	CHECK_INT(c.timeout, 5);
	CHECK_INT(c.trace, 1);
	CHECK_INT(c.login.clear, 1);
	client_end(&c);
}

/* A host has to be told who logs in. */
static void
users(void)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "imap://alice@localhost", 0 }, { "pipe:cat", 0 },
		{ "imap://localhost", -1 },
	};
	struct client c;
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text);
		client_start(&c, &family);
		c.target.text = cases[i].text;
		CHECK_INT(client_find(&c, &f), 0);
		CHECK_INT(client_check_user(&c, &f), cases[i].rc);
		client_end(&c);
	}
	CHECK_INT(f.class, EX_USAGE);
	CHECK_STR(f.text, "localhost: who logs in? expected a URL such as "
	    "imap://user@host, %40 for the @ in a user");
}

static void
talks_to_a_program(void)
{
	struct client c;
	struct fail f = { 0 };
	struct conn_line line;
	struct conn *conn;

	client_start(&c, &family);
	c.target.text = "pipe:sh -c 'printf \"* OK\\r\\n\"; exit 3'";
	CHECK_INT(client_find(&c, &f), 0);
	conn = client_dial(&c, &f);
	CHECK(conn != NULL);
	if (conn == NULL)
		return;
	CHECK_STR(client_name(&c), "sh");
	CHECK_INT(conn_line(conn, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("* OK"));
	conn_close(&conn);
	(void)fail_set(&f, EX_TEMPFAIL, "lost");
	client_closed(&c, &f);
	CHECK_STR(f.text, "lost (it ended with status 3)");
	client_end(&c);
}

int
main(void)
{
	RUN(most);
	RUN(options);
	RUN(users);
	RUN(talks_to_a_program);
	return unit_done();
}
