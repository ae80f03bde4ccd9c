/* SPDX-License-Identifier: ISC */
/* Unit test of aliases: the file of aliases(5), and members. */

#include "aliases.h"
#include "files.h"

static struct fail f;

/* "line: members", "-", or what failed, behind the path. */
static const char *
find(struct slice file, const char *address)
{
	static char out[600];
	struct slice rest = slice_str(address);
	struct arena arena = { 0 };
	struct alias found;
	struct addr a;

	files_write("aliases", file);
	(void)slice_until(&rest, '@', &a.local);
	a.domain = rest;
	switch (aliases_find(files_path("aliases"), &a, &arena, &found, &f)) {
	case 1:
		(void)snprintf(out, sizeof(out), "%zu: %.*s", found.line,
		    SLICE_ARG(found.members));
		break;
	case 0:
		(void)snprintf(out, sizeof(out), "-");
		break;
	default:
		(void)snprintf(out, sizeof(out), "%s",
		    f.text + strlen(files_path("aliases")) + 2);
	}
	arena_free(&arena);
	return out;
}

#define FILE_OF_ALL SLICE( \
	"# comment\n" \
	"\n" \
	"postmaster: root\n" \
	"Staff : alice,\n" \
	"# in the middle\n" \
	"\n" \
	"\tbob, \n" \
	"   carol\n" \
	"  \t# before the next\n" \
	"\"odd: name\": dave\n" \
	"\"a\\\"b\": eve\n" \
	"\"# no comment\": frank\n" \
	"sales@example.net: grace\n" \
	"sales: heidi\n" \
	"sales: ivan\n" \
	"sales@EXAMPLE.org: judy\n" \
	"empty:\n" \
	"last: ken")

static void
names(void)
{
	static const char *const cases[][2] = {
		{ "postmaster@example.org", "3: root" },
		{ "postmaster", "3: root" },
		{ "STAFF@example.org", "4: alice, bob, carol" },
		{ "\"odd: name\"@example.org", "10: dave" },
		{ "\"a\\\"b\"@example.org", "11: eve" },
		{ "\"# no comment\"@example.org", "12: frank" },
		{ "sales@example.net", "13: grace" },
		{ "sales@example.com", "14: heidi" },
		{ "sales@example.org", "16: judy" },
		{ "\"sales\"@example.org", "16: judy" },
		{ "empty@example.org", "17: " },
		{ "last@example.org", "18: ken" },
		{ "odd@example.org", "-" },
		{ "staf@example.org", "-" },
		{ "in the middle@example.org", "-" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i][0]);
		CHECK_STR(find(FILE_OF_ALL, cases[i][0]), cases[i][1]);
	}
	CHECK_STR(find(SLICE(""), "a@b"), "-");
	CHECK_STR(find(SLICE("a:b\r\n\r\nc: d\r\n"), "c@x"), "3: d");
}

static void
mistakes(void)
{
	static const char form[] = "line 2: not of the form \"name: members\"";
	struct arena arena = { 0 };
	struct alias found;
	struct addr a = { SLICE("a"), SLICE("b") };

	CHECK_STR(find(SLICE("a: x\nb\n"), "a@b"), form);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(find(SLICE("\n: x\n"), "a@b"), form);
	CHECK_STR(find(SLICE("\n\"a: x\n"), "a@b"), form);
	CHECK_STR(find(SLICE("\n\"a\\"), "a@b"), form);
	CHECK_INT(aliases_find(files_path("none"), &a, &arena, &found, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_INT(aliases_find("/", &a, &arena, &found, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

/* One alias of more than there may be, in many lines and in one. */
static void
too_long(void)
{
	size_t n = 1100000, i;
	char *text = malloc(n);

	if (text == NULL)
		abort();
	memset(text, 'x', n);
	text[1] = ':';
	CHECK_STR(find((struct slice){ text, n }, "x@b"),
	    "line 1: longer than 1048576 bytes");
	for (i = 100; i < n - 1; i += 100) {
		text[i] = '\n';
		text[i + 1] = ' ';
	}
	CHECK_STR(find((struct slice){ text, n }, "x@b"),
	    "line 1: longer than 1048576 bytes");
	CHECK_INT(f.class, EX_CONFIG);
	free(text);
}

/* Each member as a letter of its kind and what it is, then "." or what
 * failed. */
static const char *
members(const char *text)
{
	static char out[700];
	struct slice s = unit_exact(slice_str(text)), rest = s;
	struct arena arena = { 0 };
	struct buf seen = BUF(300);
	struct alias_member m;
	int rc;

	while ((rc = aliases_member(&rest, &arena, &m, &f)) == 1) {
		char address[ADDR_TEXT];

		(void)buf_addc(&seen, "AMIPF"[m.kind]);
		if (m.kind <= ALIAS_MAILBOX)
			(void)buf_adds(&seen, addr_format(address, &m.address));
		else
			(void)buf_add(&seen, m.text);
		(void)buf_addc(&seen, ' ');
	}
	(void)snprintf(out, sizeof(out), "%s%s", buf_str(&seen),
	    rc == 0 ? "." : f.text);
	buf_free(&seen);
	arena_free(&arena);
	free((char *)(uintptr_t)s.p);
	return out;
}

static void
kinds(void)
{
	static const char *const cases[][2] = {
		{ "", "." },
		{ " , ,", "." },
		{ "alice", "Aalice ." },
		{ "alice, bob ,carol@example.org,", "Aalice Abob "
		    "Acarol@example.org ." },
		{ "\\alice, \\bob@example.org", "Malice Mbob@example.org ." },
		{ "Bob B. <bob@example.org>, <carol>", "Abob@example.org "
		    "Acarol ." },
		{ "\"Bob, B\" <bob@example.org>", "Abob@example.org ." },
		{ "bob (the (old) one, \\) once), carol", "Abob Acarol ." },
		{ "\"b (c\"@example.org", "A\"b (c\"@example.org ." },
		{ "\"a, b\"", "A\"a, b\" ." },
		{ ":include:/etc/list", "I/etc/list ." },
		{ ":Include: /etc/list, bob", "I/etc/list Abob ." },
		{ "\":include:/etc/a, b\"", "I/etc/a, b ." },
		{ "|/bin/x, bob", "P|/bin/x Abob ." },
		{ "\"|/bin/x a, \\\"b\\\"\", bob", "P|/bin/x a, \"b\" Abob ." },
		{ "/dev/null", "F/dev/null ." },
		{ "\"/a, b\"", "F/a, b ." },
		{ "~/Mail/", "F~/Mail/ ." },
		{ "\"~/a, b/\"", "F~/a, b/ ." },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i][0]);
		CHECK_STR(members(cases[i][0]), cases[i][1]);
	}
}

static void
no_members(void)
{
	static const char *const cases[][2] = {
		{ "a b", "a b is no address" },
		{ "a, @b, c", "Aa @b is no address" },
		{ "a@", "a@ is no address" },
		{ "\\", " is no address" },
		{ "a@b@c", "a@b@c is no address" },
		{ "<a", "a quote, bracket or comment without its end in <a" },
		{ "\"a", "a quote, bracket or comment without its end in \"a" },
		{ "\"a\\\"", "a quote, bracket or comment without its end in "
		    "\"a\\\"" },
		{ "(a", "a quote, bracket or comment without its end in (a" },
		{ "a\033b", "a\\x1bb is no address" },
	};
	struct alias_member m;
	struct slice nul = SLICE(":include:/a\0b");
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i][0]);
		CHECK_STR(members(cases[i][0]), cases[i][1]);
		CHECK_INT(f.class, EX_CONFIG);
	}
	CHECK_INT(aliases_member(&nul, &arena, &m, &f), -1);
	arena_free(&arena);
}

/* No prefix of it makes us read where nothing is. */
static void
prefixes(void)
{
	static const char text[] = "\\a, \"b\\\" c\"@x, (d (e)) F <g@h>, "
	    "\":include:/i\", \"|j\\\\\", /k";
	char part[sizeof(text)];
	size_t i;

	for (i = 0; i < sizeof(text); i++) {
		memcpy(part, text, i);
		part[i] = '\0';
		CHECK(members(part)[0] != '\0');
	}
}

int
main(void)
{
	files_start();
	RUN(names);
	RUN(mistakes);
	RUN(too_long);
	RUN(kinds);
	RUN(no_members);
	RUN(prefixes);
	files_end();
	return unit_done();
}
