/* SPDX-License-Identifier: ISC */
/* Unit test of pattern: which messages are meant. */

#include "../../cmd/queue/pattern.h"
#include "conf.h"
#include "unit.h"

static const struct {
	const char *pattern, *address;
	int matches;
} cases[] = {
	{ "alice@example.org", "alice@example.org", 1 },
	{ "alice@example.org", "Alice@Example.ORG", 1 },
	{ "alice@example.org", "malice@example.org", 0 },
	{ "alice@example.org", "alice@example.org.evil", 0 },
	{ "example.org", "alice@example.org", 1 },
	{ "@example.org", "alice@example.org", 1 },
	{ "@example.org", "alice@mx.example.org", 0 },
	{ "@root", "root", 0 },
	{ "root", "root", 1 },
	{ "root", "root@example.org", 0 },
	{ "*@*.example.org", "alice@mx.example.org", 1 },
	{ "*@*.example.org", "alice@example.org", 0 },
	{ "a?ice@*", "alice@example.org", 1 },
	{ "[ab]lice@*", "blice@example.org", 1 },
	{ "bob@[192.0.2.1]", "bob@[192.0.2.1]", 1 },
	{ "@[192.0.2.1]", "bob@[192.0.2.1]", 1 },
	{ "\"a@b\"@example.org", "\"a@b\"@example.org", 1 },
	{ "b\"@example.org", "\"a@b\"@example.org", 0 },
	{ "<>", "", 1 },
	{ "../../etc/passwd", "alice@example.org", 0 },
};

/* As the sender, as a pending recipient, and as one that is settled. */
static void
test_addresses(void)
{
	struct fail f = { 0 };
	struct patterns p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argument = (char *)(uintptr_t)cases[i].pattern;
		struct slice address = slice_str(cases[i].address);
		struct spool_recipient to[] = { { .to.address = SLICE("x@y") },
			{ .to.address = SLICE("x@y") } };
		struct spoolfile m = { .to = to, .nto = 2,
			.envelope.sender = address };

		CASE(cases[i].pattern);
		CHECK_INT(patterns_read(&p, &argument, 1, &f), 0);
		CHECK_INT(patterns_match(&p, &m), cases[i].matches);
		CHECK_INT(patterns_are_ids(&p), 0);
		m.envelope.sender = SLICE("x@y");
		if (address.n > 0) {
			to[1].to.address = address;
			CHECK_INT(patterns_match(&p, &m), cases[i].matches);
			to[1].settled = 1;
			CHECK_INT(patterns_match(&p, &m), 0);
			to[0].settled = 1;
			CHECK_INT(patterns_match(&p, &m), cases[i].matches);
		}
		patterns_free(&p);
	}
}

/* Addresses of one user, by what the configuration says of users. */
static void
test_names(void)
{
	static const struct {
		const char *pattern, *address;
		int of_machine, of_file;
	} names[] = {
		{ "bob@example.org", "bob", 1, 1 },
		{ "BOB@Example.ORG", "bob", 1, 1 },
		{ "bob@mx.example.org", "bob", 1, 1 },
		{ "bob@example.com", "bob", 1, 0 },
		{ "bob@example.net", "bob", 0, 0 },
		{ "bobby@example.org", "bob", 0, 0 },
		{ "bo@example.org", "bob", 0, 0 },
		{ "@example.org", "bob", 0, 0 },
		{ "example.org", "bob", 0, 0 },
		{ "b*@example.org", "bob", 0, 0 },
		{ "bob", "bob@mx.example.org", 1, 1 },
		{ "BOB", "Bob@MX.example.org", 1, 1 },
		{ "bob", "bob@example.org", 1, 1 },
		{ "bob", "bob@example.com", 1, 0 },
		{ "bob", "bob@example.net", 0, 0 },
		{ "bob", "bob@a.mx.example.org", 0, 0 },
		{ "bob", "bobby@mx.example.org", 0, 0 },
		{ "bo", "bob@mx.example.org", 0, 0 },
		{ "bob", "bob+x@mx.example.org", 0, 0 },
		{ "@bob", "bob@mx.example.org", 0, 0 },
		{ "b?b", "bob@mx.example.org", 0, 0 },
		{ "bob@example.org", "bob@mx.example.org", 1, 1 },
		{ "bob@mx.example.org", "bob@example.org", 1, 1 },
		{ "bob@mx.example.org", "bob@example.com", 1, 0 },
		{ "bob@example.com", "bob@example.org", 1, 0 },
		{ "bob@example.com", "bob@mx.example.org", 1, 0 },
		{ "bob@example.net", "bob@example.org", 0, 0 },
		{ "bob@example.org", "bob@example.net", 0, 0 },
		{ "bob@example.org", "rob@mx.example.org", 0, 0 },
		{ "@example.org", "bob@mx.example.org", 0, 0 },
		{ "mx.example.org", "bob@example.org", 0, 0 },
	};
	const char *domains[] = { "example.org", "example.com" };
	struct conf conf = { .hostname = "mx.example.org", .domains = domains,
		.ndomains = 2 };
	struct spool_recipient to = { 0 };
	struct spoolfile m = { .to = &to, .nto = 1,
		.envelope.sender = SLICE("x@y") };
	struct fail f = { 0 };
	struct patterns p;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *argument = (char *)(uintptr_t)names[i].pattern;

		CASE(names[i].pattern);
		to.to.address = slice_str(names[i].address);
		CHECK_INT(patterns_read(&p, &argument, 1, &f), 0);
		CHECK_INT(patterns_match(&p, &m), 0);
		p.conf = &conf;
		CHECK_INT(patterns_match(&p, &m), names[i].of_machine);
		conf.users = "/users";
		CHECK_INT(patterns_match(&p, &m), names[i].of_file);
		conf.users = NULL;
		patterns_free(&p);
	}
}

/* Which of several a message was meant by. */
static void
test_use(void)
{
	char *arguments[] = { (char[]){ "example.org" }, (char[]){ "a@b" },
		(char[]){ "1jq*" }, (char[]){ "0123456789abcdef" },
		(char[]){ "<>" } };
	struct spool_recipient to = { .to.address = SLICE("x@example.org") };
	struct spoolfile m = { .to = &to, .nto = 1 };
	struct fail f = { 0 };
	struct patterns p;

	CHECK_INT(patterns_read(&p, arguments, 5, &f), 0);
	CHECK_INT(p.nothers, 4);
	patterns_use(&p, "1jqv7d8m6k2sq9vf", NULL);
	CHECK(!p.used[0] && !p.used[1] && p.used[2] && !p.used[3]);
	patterns_use(&p, "0123456789abcdef", &m);
	CHECK(p.used[0] && !p.used[1] && p.used[2] && p.used[3]);
	patterns_free(&p);
}

static void
test_ids(void)
{
	char *arguments[] = { (char[]){ "1jqv7d8m6k2sq9vf" },
		(char[]){ "0123456789ABCDEF" }, (char[]){ "1jQv7*0" } };
	struct fail f = { 0 };
	struct patterns p;

	CHECK(patterns_read(&p, arguments, 2, &f) == 0);
	CHECK(patterns_are_ids(&p));
	CHECK(patterns_match_id(&p, "1jqv7d8m6k2sq9vf"));
	CHECK(patterns_match_id(&p, "0123456789abcdef"));
	CHECK(patterns_name_id(&p, "0123456789abcdef"));
	CHECK(!patterns_match_id(&p, "0123456789abcdee"));
	patterns_free(&p);
	CHECK(patterns_read(&p, arguments, 3, &f) == 0);
	CHECK(!patterns_are_ids(&p));
	CHECK(patterns_match_id(&p, "1jqv7d8m6k2sq9v0"));
	patterns_free(&p);
	CHECK(patterns_read(&p, NULL, 0, &f) == 0);
	CHECK(patterns_match_id(&p, "1jqv7d8m6k2sq9v0"));
	patterns_free(&p);
}

static void
test_refused(void)
{
	char longer[PATTERN_LONGEST + 2];
	char *bad[] = { (char[]){ "" }, (char[]){ "a\nb" }, (char[]){ "\x7f" },
		longer };
	struct fail f;
	struct patterns p;
	size_t i;

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(patterns_read(&p, &bad[i], 1, &f) == -1 &&
		    f.class == EX_USAGE);
		patterns_free(&p);
	}
}

int
main(void)
{
	RUN(test_addresses);
	RUN(test_names);
	RUN(test_use);
	RUN(test_ids);
	RUN(test_refused);
	return unit_done();
}
