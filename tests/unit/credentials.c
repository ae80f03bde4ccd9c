/* SPDX-License-Identifier: ISC */
/* Unit test of credentials: who decides, the users file or a program. */

#include "credentials.h"
#include "files.h"
#include "limits.h"
#include "password.h"

static struct fail f;
static const char *domains[] = { "example.org" };

static const char program[] =
    "sh -c 'got=$(tr \"\\\\0\" \"|\" <&3)\n"
    "case $got in\n"
    "\"alice|right|\"*) exec \"$@\" ;;\n"
    "\"alice|later|\"*) exit 111 ;;\n"
    "esac\n"
    "exit 1' checkpw";

static struct conf
with_users(void)
{
	static char text[2 * PASSWORD_HASH + 600];

	if (text[0] == '\0') {
		char hash[PASSWORD_HASH];

		if (password_hash(SLICE("pencil"), hash, &f) == -1)
			abort();
		(void)mkdir(files_path("m"), 0700);
		if (getuid() == 0) /* whom root owns has no mail there */
			CHECK_INT(chown(files_path("m"), 64000, 64000), 0);
		(void)snprintf(text, sizeof(text),
		    "alice@example.org:%s:%s\n"
		    "bob@example.org:!%s:%s\n", hash, files_path("m"), hash,
		    files_path("m"));
		files_write("users", slice_str(text));
	}
	return (struct conf){ .domains = domains, .ndomains = 1,
		.users = files_path("users") };
}

static void
of_the_file(void)
{
	struct conf c = with_users();
	struct scram_verifier v;

	CHECK(credentials_has_passwords(&c));
	CHECK(credentials_has_verifiers(&c));
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("pencil"),
	    &f), 1);
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("right"),
	    &f), 0);
	CHECK_INT(credentials_password(&c, SLICE("bob"), SLICE("pencil"),
	    &f), 0);
	CHECK_INT(credentials_verifier(&c, SLICE("alice"), &v, &f), 0);
	CHECK_INT(credentials_certified(&c, SLICE("alice"), &f), 1);
	CHECK_INT(credentials_certified(&c, SLICE("bob"), &f), 0);
	CHECK_INT(credentials_certified(&c, SLICE("carol"), &f), 0);
}

static void
of_a_program(void)
{
	struct conf c = with_users();

	c.checkpassword = program;
	CHECK(credentials_has_passwords(&c));
	CHECK(!credentials_has_verifiers(&c));
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("right"),
	    &f), 1);
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("pencil"),
	    &f), 0);
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("later"),
	    &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(credentials_password(&c, SLICE("al\0ice"), SLICE("right"),
	    &f), 0);
}

/* Longer than any password. */
static void
of_tokens(void)
{
	struct conf c = with_users();
	static char token[LIMIT_SECRET];

	CHECK(!credentials_has_tokens(&c));
	c.check_token = "sh -c 'got=$(tr \"\\0\" \"|\" <&3)\n"
	    "test ${#got} -gt 8190 || exit 1; exec \"$@\"' sh";
	CHECK(credentials_has_tokens(&c));
	memset(token, 'x', sizeof(token));
	CHECK_INT(credentials_token(&c, SLICE("alice@example.org"),
	    (struct slice){ token, sizeof(token) }, &f), 1);
	CHECK_INT(credentials_token(&c, SLICE("alice@example.org"),
	    SLICE("xx"), &f), 0);
	c.check_token = "mailpipe-none";
	CHECK_INT(credentials_token(&c, SLICE("alice"), SLICE("x"), &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

static void
of_nobody(void)
{
	struct conf c = { .domains = domains, .ndomains = 1 };

	CHECK(!credentials_has_passwords(&c));
	CHECK(!credentials_has_verifiers(&c));
	CHECK_INT(credentials_password(&c, SLICE("alice"), SLICE("pencil"),
	    &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

int
main(void)
{
	files_start();
	RUN(of_the_file);
	RUN(of_a_program);
	RUN(of_tokens);
	RUN(of_nobody);
	files_end();
	return unit_done();
}
