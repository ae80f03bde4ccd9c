/* SPDX-License-Identifier: ISC */
/* Unit test of expand: who gets mail through aliases. */

#include "expand.h"
#include "files.h"

static const char *const domains[] = { "example.org", "example.net" };
static struct conf conf = { .domains = (const char **)domains, .ndomains = 2,
	.recipient_delimiter = '+', .maildirs = "/m/%u@%d" };
static int class;
static enum users_result (*how)(const struct conf *, const struct addr *,
    struct expansion *, struct fail *) = expand_find;

/* The users as NAME or NAME+DETAIL, in order, with what "f" says behind. */
static const char *
find(const char *aliases, const char *local, const char *domain)
{
	static char out[900];
	struct addr a = { slice_str(local), slice_str(domain) };
	struct buf seen = BUF(300);
	struct expansion x;
	struct fail f = { 0 };
	enum users_result rc;
	size_t i;

	files_write("aliases", slice_str(aliases));
	rc = how(&conf, &a, &x, &f);
	for (i = 0; rc == USERS_FOUND && i < x.n; i++) {
		(void)buf_addf(&seen, "%s%s", i > 0 ? " " : "",
		    x.users[i].maildir + 3);
		if (x.users[i].detail.p != NULL) {
			(void)buf_addc(&seen, '+');
			(void)buf_add(&seen, x.users[i].detail);
		}
	}
	for (i = 0; rc == USERS_FOUND && i < x.nelsewhere; i++) {
		(void)buf_adds(&seen, " -> ");
		(void)buf_add(&seen, x.elsewhere[i]);
	}
	if (rc == USERS_NONE)
		(void)buf_adds(&seen, "nobody");
	if (rc == USERS_ELSEWHERE)
		(void)buf_adds(&seen, "elsewhere");
	(void)snprintf(out, sizeof(out), "%s%s%s", buf_str(&seen),
	    f.text[0] != '\0' ? "; " : "",
	    f.text[0] != '\0' ? f.text + strlen(conf.aliases) : "");
	class = f.class;
	expand_free(&x);
	buf_free(&seen);
	return out;
}

#define ORG(aliases, local) find(aliases, local, "example.org")

static void
without_aliases(void)
{
	CHECK_STR(ORG("", "alice"), "alice@example.org");
	CHECK_STR(ORG("", "alice+x"), "alice@example.org+x");
	CHECK_STR(ORG("", "nobody"), "nobody");
	CHECK_STR(find("", "alice", "example.com"), "elsewhere");
	CHECK_STR(find("alice: bob", "alice", "example.com"), "elsewhere");
	CHECK_STR(find("", "postmaster", ""), "alice@example.org");
}

static void
lists(void)
{
	CHECK_STR(ORG("a: alice", "a"), "alice@example.org");
	CHECK_STR(ORG("a: alice, bob", "A"),
	    "alice@example.org bob@example.org");
	CHECK_STR(ORG("a: bob, b\nb: alice, c\nc: carol@example.net", "a"),
	    "bob@example.org alice@example.org carol@example.net");
	CHECK_STR(ORG("alice: bob", "alice"), "bob@example.org");
	CHECK_STR(find("a: alice", "a", "example.net"), "alice@example.org");
	CHECK_STR(find("a@example.org: alice\na: bob", "a", "example.net"),
	    "bob@example.org");
	CHECK_STR(ORG("j\303\274: bob, \303\274@example.org\n\303\274: alice",
	    "J\303\274"), "bob@example.org alice@example.org");
	CHECK_STR(ORG("postmaster: bob", "Postmaster"), "bob@example.org");
	CHECK_STR(find("postmaster: bob", "postmaster", ""),
	    "bob@example.org");
}

static void
details(void)
{
	CHECK_STR(ORG("a: bob", "a+x"), "bob@example.org");
	CHECK_STR(ORG("a: bob+lists", "a"), "bob@example.org+lists");
	CHECK_STR(ORG("alice+x: bob", "alice+x"), "bob@example.org");
	CHECK_STR(ORG("alice+x: bob", "alice+y"), "alice@example.org+y");
	CHECK_STR(ORG("alice: bob", "alice+x"), "bob@example.org");
	CHECK_STR(ORG("carol: bob", "carol+own"), "carol+own@example.org");
	CHECK_STR(ORG("alice: bob", "+x"), "nobody");
}

static void
oneself(void)
{
	CHECK_STR(ORG("alice: alice, bob", "alice"),
	    "alice@example.org bob@example.org");
	CHECK_STR(ORG("alice: \\alice, bob", "alice"),
	    "alice@example.org bob@example.org");
	CHECK_STR(ORG("a: \\bob\nbob: alice", "a"), "bob@example.org");
	CHECK_STR(ORG("a: bob\nbob: alice", "a"), "alice@example.org");
}

static void
loops(void)
{
	CHECK_STR(ORG("a: b\nb: a", "a"),
	    "; : line 1: a: an alias that leads to nobody");
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(ORG("a: b, alice\nb: a, bob, c\nc: b, a", "a"),
	    "alice@example.org bob@example.org");
	CHECK_STR(ORG("bob: alice\na:", "a"),
	    "; : line 2: a: an alias that leads to nobody");
	/* A diamond is no loop. */
	CHECK_STR(ORG("a: b, c\nb: d\nc: d\nd: bob", "a"), "bob@example.org");
}

static void
nowhere(void)
{
	CHECK_STR(ORG("a: nobody", "a"),
	    "nobody; : line 1: nobody: no such mailbox");
	CHECK_STR(ORG("a: alice, nobody, bob", "a"),
	    "alice@example.org bob@example.org; : line 1: nobody: no such "
	    "mailbox");
	CHECK_STR(ORG("postmaster: nobody", "postmaster"),
	    "; : line 1: nobody: no such mailbox");
	CHECK_INT(class, EX_CONFIG);
}

/* Nobody gets what not all can get. */
static void
refused(void)
{
	CHECK_STR(ORG("x: y\na: alice, \"|/bin/cat x\"", "a"),
	    "; : line 2: |/bin/cat x: no mail is given to programs");
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(ORG("a: /var/mail/x, alice", "a"),
	    "; : line 1: /var/mail/x: no mail is written to files");
	CHECK_STR(ORG("a: alice\n , eve@example.com", "a"),
	    "; : line 1: example.com: mail for that domain is not taken, nor "
	    "passed on");
	CHECK_STR(ORG("a: b\nb: alice x", "a"),
	    "; : line 2: alice x is no address");
	CHECK_STR(ORG("a: b\nb", "alice"),
	    "; : line 2: not of the form \"name: members\"");
}

/* What is in another domain, for who can pass it on. */
static void
passed_on(void)
{
	how = expand_find_all;
	CHECK_STR(ORG("a: alice, eve@example.com, b\nb: bob, "
	    "\\mallory@example.com", "a"), "alice@example.org "
	    "bob@example.org -> eve@example.com -> mallory@example.com");
	CHECK_STR(ORG("a: eve@example.com", "a"), " -> eve@example.com");
	CHECK_STR(find("a: eve@example.com", "a", "example.com"),
	    "elsewhere");
	CHECK_STR(ORG("a: eve@example.com, |x", "a"),
	    "; : line 1: |x: no mail is given to programs");
	how = expand_find;
}

static void
deep(void)
{
	char text[2000];
	size_t n = 0;
	int i;

	for (i = 0; i < 31; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "n%d: n%d\n", i, i + 1);
	(void)snprintf(text + n, sizeof(text) - n, "n31: alice\n");
	CHECK_STR(ORG(text, "n2"), "alice@example.org");
	CHECK_STR(ORG(text, "n1"),
	    "; : line 32: aliases are nested too deep");
	CHECK_INT(class, EX_CONFIG);
}

static void
many(void)
{
	static char text[20000];
	size_t n = 2;
	int i;

	(void)snprintf(text, sizeof(text), "a:");
	for (i = 0; i < 1000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "alice, ");
	CHECK(slice_starts(slice_str(ORG(text, "a")),
	    SLICE("alice@example.org alice@")));
	(void)snprintf(text + n, sizeof(text) - n, "bob");
	CHECK_STR(ORG(text, "a"), "; : line 1: too many members");
}

/* "a" with a file of that text, or of the aliases' own directory. */
static const char *
including(const char *text)
{
	char aliases[400];

	(void)snprintf(aliases, sizeof(aliases), "a: :include:%s",
	    files_path("list"));
	files_write("list", slice_str(text));
	return ORG(aliases, "a");
}

static void
files(void)
{
	char more[400];
	size_t i;
	static char million[2000000];

	CHECK_STR(including("# those\nalice\n\n bob, carol@example.net\n"),
	    "alice@example.org bob@example.org carol@example.net");
	CHECK_STR(including("alice\na\n"), "alice@example.org; : line 1: a: no "
	    "such mailbox");
	(void)snprintf(more, sizeof(more), "alice\n:include:%s\nbob\n",
	    files_path("list"));
	CHECK_STR(including(more), "alice@example.org bob@example.org");
	CHECK_STR(including(""),
	    "; : line 1: a: an alias that leads to nobody");
	CHECK_STR(including("alice\n|/bin/sh\n"),
	    "; : line 1: |/bin/sh: no mail is given to programs");
	for (i = 0; i < sizeof(million) - 1; i++)
		million[i] = i % 2 ? '\n' : 'x';
	CHECK_STR(including(million), "; : line 1: too many members");
	CHECK_INT(class, EX_CONFIG);
	CHECK(strstr(ORG("a: :include:/none/list", "a"),
	    "line 1: /none/list: ") != NULL);
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(ORG("a: alice, :include:list", "a"),
	    "; : line 1: list: not an absolute path");
}

int
main(void)
{
	static char users[300], aliases[300];

	(void)umask(077);
	files_start();
	(void)snprintf(users, sizeof(users), "%s", files_path("users"));
	(void)snprintf(aliases, sizeof(aliases), "%s", files_path("aliases"));
	conf.users = users;
	conf.aliases = aliases;
	files_write("users", SLICE("alice@example.org:!:\n"
	    "bob@example.org:!:\ncarol@example.net:!:\n"
	    "carol+own@example.org:!:\nbroken@example.org:!::x\n"));
	/* Paths are not looked at by who is not root. */
	if (chown(files_top, 65534, 65534) == 0 &&
	    (chown(users, 65534, 65534) == -1 || seteuid(65534) == -1))
		return 1;
	RUN(without_aliases);
	RUN(lists);
	RUN(details);
	RUN(oneself);
	RUN(loops);
	RUN(nowhere);
	RUN(refused);
	RUN(passed_on);
	RUN(deep);
	RUN(many);
	RUN(files);
	if (seteuid(getuid()) == -1)
		return 1;
	files_end();
	return unit_done();
}
