/* SPDX-License-Identifier: ISC */
/* Unit test of users: who has a mailbox, and where. */

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "users.h"

static const char *const domains[] = { "example.org", "Example.NET" };
static char path[] = "/tmp/mailpipe-unit.XXXXXX";
static int fd = -1;
static int class; /* of what failed */

/* A configuration with "text" as its users file. */
static struct conf
with_users(struct slice text)
{
	struct conf c = { .domains = (const char **)domains, .ndomains = 2,
		.recipient_delimiter = '+', .users = path };

	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, text.p, text.n, 0) != (ssize_t)text.n)
		abort();
	return c;
}

/* The Maildir of "text", "-" for an unknown user, "elsewhere", or what
 * failed.  Valid until the next call. */
static const char *
find(const struct conf *c, const char *text)
{
	static char out[600];
	struct arena arena = { 0 };
	struct slice rest = slice_str(text);
	struct addr a = { { NULL, 0 }, { "", 0 } };
	struct fail f = { 0 };
	struct user u;
	const char *found = "?";

	(void)slice_until(&rest, '@', &a.local);
	a.domain = rest;
	switch (users_find(c, &a, &arena, &u, &f)) {
	case USERS_FOUND:
		found = u.maildir;
		break;
	case USERS_NONE:
		found = "-";
		break;
	case USERS_ELSEWHERE:
		found = "elsewhere";
		break;
	case USERS_TOO_MANY:
	case USERS_FULL:
	case USERS_QUEUED:
	case USERS_RELAYED:
	case USERS_NO_QUEUE:
		break;
	case USERS_FAILED:
		found = f.text;
		break;
	}
	class = f.class;
	(void)snprintf(out, sizeof(out), "%s", found);
	arena_free(&arena);
	return out;
}

/* "detail,bytes" of the user, or "-". */
static const char *
more(const struct conf *c, const char *local)
{
	static char out[200];
	struct addr a = { slice_str(local), SLICE("example.org") };
	struct arena arena = { 0 };
	struct fail f = { 0 };
	struct user u;

	(void)snprintf(out, sizeof(out), "-");
	if (users_find(c, &a, &arena, &u, &f) == USERS_FOUND)
		(void)snprintf(out, sizeof(out), "%.*s%s,%llu",
		    SLICE_ARG(u.detail), u.detail.p == NULL ? "none" : "",
		    (unsigned long long)u.quota.bytes);
	arena_free(&arena);
	return out;
}

static void
details_and_quotas(void)
{
	struct conf c = with_users(SLICE("alice@example.org:!:/m/alice\n"
		"bob@example.org:!:/m/bob:2K\n"
		"bob+x@example.org:!:/m/x:0\n"
		"carol@example.org:!:/m/carol:lots\n"));

	CHECK_STR(more(&c, "alice"), "none,0");
	CHECK_STR(more(&c, "Alice+Lists.C"), "Lists.C,0");
	CHECK_STR(more(&c, "\"alice+a b\""), "a b,0");
	CHECK_STR(more(&c, "alice+"), ",0");
	CHECK_STR(more(&c, "alice+a+b"), "a+b,0");
	CHECK_STR(more(&c, "bob"), "none,2048");
	CHECK_STR(more(&c, "bob+x"), "none,0");
	CHECK_STR(more(&c, "bob+y"), "y,2048");
	CHECK_STR(more(&c, "carol"), "-");
	CHECK_STR(find(&c, "carol@example.org"),
	    "user carol: lots is no quota");
	CHECK_INT(class, EX_CONFIG);
	CHECK_INT(users_domain(&c, SLICE("EXAMPLE.org")), 1);
	CHECK_INT(users_domain(&c, SLICE("example.com")), 0);
}

/* Whoever is of no domain is of this host, and the other way round. */
static void
of_the_host(void)
{
	struct conf c = with_users(SLICE("alice@example.org:!:/m/alice\n"
		"bob@example.net:!:/m/bob\n"));

	CHECK_STR(find(&c, "alice@mx.example.org"), "elsewhere");
	c.hostname = "mx.example.org";
	CHECK_STR(find(&c, "alice@MX.example.org"), "/m/alice");
	CHECK_STR(find(&c, "bob@mx.example.org"), "-");
	CHECK_STR(find(&c, "alice@example.org"), "/m/alice");
	CHECK_STR(find(&c, "alice@a.mx.example.org"), "elsewhere");
	CHECK_STR(find(&c, "alice@LocalHost"), "/m/alice");
	CHECK_STR(find(&c, "alice@localhost.localdomain"), "/m/alice");
	CHECK_STR(find(&c, "alice@mx.Localhost"), "/m/alice");
	CHECK_STR(find(&c, "bob@localhost"), "-");
	CHECK_STR(find(&c, "alice@notlocalhost"), "elsewhere");
	CHECK_STR(find(&c, "alice@localhost.example.org"), "elsewhere");
	c.ndomains = 0;
	CHECK_STR(find(&c, "alice@mx.example.org"), "elsewhere");
}

static void
from_the_file(void)
{
	struct conf c = with_users(SLICE("# users\n\n"
		"alice@example.org:!:/m/alice\n"
		"Bob@EXAMPLE.org:$y$x:/m/bob:100M\n"
		"bob+list@example.org:!:/m/list\n"
		"bob@example.net:!:/m/netbob\n"
		"o'dd {x}@example.org:!:/m/odd\n"
		"j\303\274rgen@example.org:!:/m/juergen\n"
		"last@example.org:!:/m/last"));

	CHECK_STR(find(&c, "alice@example.org"), "/m/alice");
	CHECK_STR(find(&c, "ALICE@Example.Org"), "/m/alice");
	CHECK_STR(find(&c, "bob@example.org"), "/m/bob");
	CHECK_STR(find(&c, "bob@example.net"), "/m/netbob");
	CHECK_STR(find(&c, "bob+x@example.org"), "/m/bob");
	CHECK_STR(find(&c, "bob+x+y@example.org"), "/m/bob");
	CHECK_STR(find(&c, "bob+@example.org"), "/m/bob");
	CHECK_STR(find(&c, "bob+LIST@example.org"), "/m/list");
	CHECK_STR(find(&c, "\"bob\"@example.org"), "/m/bob");
	CHECK_STR(find(&c, "\"b\\ob\"@example.org"), "/m/bob");
	CHECK_STR(find(&c, "\"o'dd {x}\"@example.org"), "/m/odd");
	CHECK_STR(find(&c, "last@example.org"), "/m/last");
	CHECK_STR(find(&c, "J\303\274rgen@example.org"), "/m/juergen");
	CHECK_STR(find(&c, "j\303\274rgen+x@example.org"), "/m/juergen");
	CHECK_STR(find(&c, "j\303\234rgen@example.org"), "-");
	CHECK_STR(find(&c, "ju\314\210rgen@example.org"), "-");
	CHECK_STR(find(&c, "alice"), "/m/alice");
	CHECK_STR(find(&c, "alice@example.net"), "-");
	CHECK_STR(find(&c, "carol@example.org"), "-");
	CHECK_STR(find(&c, "+bob@example.org"), "-");
	CHECK_STR(find(&c, "alic@example.org"), "-");
	CHECK_STR(find(&c, "alicee@example.org"), "-");
	CHECK_STR(find(&c, "alice@example.com"), "elsewhere");
	CHECK_STR(find(&c, "alice@sub.example.org"), "elsewhere");
	c.recipient_delimiter = 0;
	CHECK_STR(find(&c, "bob+x@example.org"), "-");
	c.recipient_delimiter = '-';
	CHECK_STR(find(&c, "bob-x@example.org"), "/m/bob");
}

static void
postmaster(void)
{
	struct slice text = SLICE("# nobody yet\n"
		"alice@example.org:!:/m/alice\nbob@example.net:!:/m/bob\n");
	struct conf c = with_users(text);

	CHECK_STR(find(&c, "postmaster"), "/m/alice");
	CHECK_STR(find(&c, "PostMaster@example.NET"), "/m/alice");
	CHECK_STR(find(&c, "postmaster@example.com"), "elsewhere");
	CHECK_STR(find(&c, "postmaster+x@example.org"), "-");
	c.postmaster = "bob@example.net";
	CHECK_STR(find(&c, "postmaster"), "/m/bob");
	c.postmaster = "alice";
	CHECK_STR(find(&c, "postmaster@example.org"), "/m/alice");
	CHECK_STR(find(&c, "postmaster@example.net"), "/m/alice");
	c.postmaster = "Alice+Master";
	CHECK_STR(find(&c, "postmaster@example.net"), "/m/alice");
	c.postmaster = "bob";
	CHECK_STR(find(&c, "postmaster@example.net"),
	    "Postmaster: bob has no mailbox");
	c.postmaster = "gone@example.org";
	CHECK_STR(find(&c, "postmaster"),
	    "Postmaster: gone@example.org has no mailbox");
	CHECK_INT(class, EX_CONFIG);
	c = with_users(SLICE("alice@example.org:!:/m/alice\n"
		"postmaster@example.org:!:/m/master\n"));
	CHECK_STR(find(&c, "Postmaster"), "/m/master");
	CHECK_STR(find(&c, "postmaster@example.net"), "/m/alice");
	c = with_users(SLICE(""));
	CHECK_STR(find(&c, "postmaster"), "there is no user to be postmaster");
	CHECK_INT(class, EX_CONFIG);
}

static void
patterns(void)
{
	struct conf c = with_users(SLICE("Alice@Example.org:!:\n"
		"../bob@example.org:!:\na/b@example.org:!:\n"
		".x@example.org:!:\nown@example.org:!:/m/own\n"));
	char want[200];

	c.maildirs = "/v/%d/%u/100%%";
	CHECK_STR(find(&c, "ALICE+x@EXAMPLE.org"), "/v/example.org/alice/100%");
	CHECK_STR(find(&c, "own@example.org"), "/m/own");
	(void)snprintf(want, sizeof(want),
	    "user %s: no absolute path of a Maildir: it needs one in the "
	    "users file, or Maildirs in the configuration", "../bob");
	CHECK_STR(find(&c, "../bob@example.org"), want);
	CHECK(strstr(find(&c, "\"a/b\"@example.org"), "no absolute") != NULL);
	CHECK(strstr(find(&c, ".x@example.org"), "no absolute") != NULL);
	c.maildirs = "/v/%x";
	CHECK(strstr(find(&c, "alice@example.org"), "no absolute") != NULL);
	c.maildirs = "/v/%";
	CHECK(strstr(find(&c, "alice@example.org"), "no absolute") != NULL);
	c.maildirs = NULL;
	CHECK(strstr(find(&c, "alice@example.org"), "no absolute") != NULL);
	c = with_users(SLICE("alice@example.org:!:relative\n"));
	CHECK(strstr(find(&c, "alice@example.org"), "no absolute") != NULL);
}

/* A mistake in the file is nobody's fault who sends. */
static void
mistakes(void)
{
	struct conf c;

	c = with_users(SLICE("alice@example.org:!:/m/a\nbob\n"
		"bob@example.org::"));
	CHECK_STR(find(&c, "alice@example.org"), "/m/a");
	CHECK(strstr(find(&c, "bob@example.org"), "not \"user@domain") != NULL);
	c = with_users(SLICE("bob:!:/m/b\n"));
	CHECK(strstr(find(&c, "bob@example.org"), "not \"user@domain") != NULL);
	CHECK_INT(class, EX_CONFIG);
	c.users = "/nowhere/users";
	CHECK(strstr(find(&c, "b@example.org"), "/nowhere/users") != NULL);
	CHECK_INT(class, EX_CONFIG);
}

static void
of_the_machine(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct conf c = { .domains = (const char **)domains, .ndomains = 2,
		.recipient_delimiter = '+' };
	char want[300], name[100];
	struct stat st;

	CHECK_STR(find(&c, "nobody-of-that-name@example.org"), "-");
	CHECK_STR(find(&c, "..@example.org"), "-");
	if (pw == NULL || stat(pw->pw_dir, &st) == -1 ||
	    st.st_uid != geteuid())
		return;
	(void)snprintf(name, sizeof(name), "%s+x@example.org", pw->pw_name);
	(void)snprintf(want, sizeof(want), "%s/Maildir", pw->pw_dir);
	CHECK_STR(find(&c, name), want);
	c.maildirs = "/v/%d/%u";
	(void)snprintf(want, sizeof(want), "/v/example.org/%s", pw->pw_name);
	CHECK_STR(find(&c, name), want);
	/* One directory, whatever form of the domain is used. */
	c.domains = (const char *[]){ "XN--b-eha" };
	c.ndomains = 1;
	(void)snprintf(name, sizeof(name), "%s@b\303\274", pw->pw_name);
	(void)snprintf(want, sizeof(want), "/v/xn--b-eha/%s", pw->pw_name);
	CHECK_STR(find(&c, name), want);
	c.domains = (const char **)domains;
	c.ndomains = 2;
	(void)snprintf(want, sizeof(want), "/v/example.org/%s", pw->pw_name);
	/* Its home is another's, or not there. */
	CHECK_STR(find(&c, "nobody@example.org"), "-");
	/* postmaster is who runs the server. */
	CHECK_STR(find(&c, "postmaster@example.org"), want);
	c.postmaster = pw->pw_name;
	CHECK_STR(find(&c, "postmaster@example.net"), want);
	c.postmaster = "nobody";
	CHECK_STR(find(&c, "postmaster"), "Postmaster: nobody has no mailbox");
}

/* Nobody has a number as high as that, and so no home. */
static void
of_no_machine(void)
{
	struct conf c = { .domains = (const char **)domains, .ndomains = 2 };

	CHECK_STR(find(&c, "root@example.org"), "-");
	CHECK_STR(find(&c, "postmaster"), "there is no user to be postmaster");
}

/* Root stores mail of the file as who owns it, and that is not root. */
static void
owned(void)
{
	char dir[] = "/tmp/mailpipe-unit.XXXXXX", text[100], want[200];
	struct conf c;

	if (mkdtemp(dir) == NULL)
		abort();
	c = with_users((struct slice){ text, (size_t)snprintf(text,
	    sizeof(text), "alice@example.org:!:%s/alice\n", dir) });
	(void)snprintf(want, sizeof(want), "%s/alice: no owner but root: "
	    "chown the Maildir or its directory", dir);
	CHECK_STR(find(&c, "alice@example.org"), want);
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(find(&c, "postmaster"), want);
	CHECK_INT(chown(dir, 64001, 64001), 0);
	(void)snprintf(want, sizeof(want), "%s/alice", dir);
	CHECK_STR(find(&c, "alice@example.org"), want);
	(void)rmdir(dir);
}

/* What root alone is asked for has tests of its own. */
static void
become(uid_t uid)
{
	if (getuid() == 0 && seteuid(uid) == -1)
		abort();
}

int
main(void)
{
	become(4000000000U);
	if ((fd = mkstemp(path)) == -1)
		return 1;
	RUN(details_and_quotas);
	RUN(of_the_host);
	RUN(from_the_file);
	RUN(postmaster);
	RUN(patterns);
	RUN(mistakes);
	if (getuid() == 0)
		RUN(of_no_machine);
	become(0);
	RUN(of_the_machine);
	if (getuid() == 0)
		RUN(owned);
	(void)unlink(path);
	return unit_done();
}
