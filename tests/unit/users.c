/* SPDX-License-Identifier: ISC */
/* Unit test of users: who has a mailbox, and where. */

#include <pwd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "users.h"

static const char *const domains[] = { "example.org", "Example.NET" };
static char path[64];
static int fd = -1;

/* A configuration with "text" as its users file. */
static struct conf
with_users(struct slice text)
{
	struct conf c = { .domains = (const char **)domains, .ndomains = 2,
		.recipient_delimiter = '+', .users = path };

	if (fd != -1)
		(void)close(fd);
	fd = memfd_create("users", 0);
	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
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
	case USERS_FAILED:
		found = f.class == EX_TEMPFAIL ? f.text : "wrong class";
		break;
	}
	(void)snprintf(out, sizeof(out), "%s", found);
	arena_free(&arena);
	return out;
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
	c.postmaster = "gone";
	CHECK_STR(find(&c, "postmaster@example.org"), "-");
	c = with_users(SLICE("alice@example.org:!:/m/alice\n"
		"postmaster@example.org:!:/m/master\n"));
	CHECK_STR(find(&c, "Postmaster"), "/m/master");
	CHECK_STR(find(&c, "postmaster@example.net"), "/m/alice");
	c = with_users(SLICE(""));
	CHECK_STR(find(&c, "postmaster"), "-");
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
	    "user %s: no absolute path of a Maildir", "../bob");
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

/* A mistake in the file is nobody's fault who sends: try again later. */
static void
mistakes(void)
{
	static char text[6000];
	struct conf c;
	int n;

	c = with_users(SLICE("alice@example.org:!:/m/a\nbob\n"
		"bob@example.org::"));
	CHECK_STR(find(&c, "alice@example.org"), "/m/a");
	CHECK(strstr(find(&c, "bob@example.org"), "not \"user@domain") != NULL);
	c = with_users(SLICE("bob:!:/m/b\n"));
	CHECK(strstr(find(&c, "bob@example.org"), "not \"user@domain") != NULL);
	n = snprintf(text, sizeof(text), "a@example.org:!:/%02031d\n"
		"b@example.org:!:/m/b\n", 0);
	c = with_users((struct slice){ text, (size_t)n });
	CHECK_STR(find(&c, "b@example.org"), "/m/b");
	n = snprintf(text, sizeof(text), "a@example.org:!:/%02032d\n"
		"b@example.org:!:/m/b\n", 0);
	c = with_users((struct slice){ text, (size_t)n });
	CHECK(strstr(find(&c, "b@example.org"), "longer than 2048") != NULL);
	n = snprintf(text, sizeof(text), "a@example.org:!:/%04000d", 0);
	c = with_users((struct slice){ text, (size_t)n });
	CHECK(strstr(find(&c, "b@example.org"), "longer than 2048") != NULL);
	c.users = "/nowhere/users";
	CHECK(strstr(find(&c, "b@example.org"), "/nowhere/users") != NULL);
}

/* Lines cut in two by the blocks that the file is read in. */
static void
long_file(void)
{
	static char text[400000];
	size_t n = 0;
	struct conf c;
	int i;

	for (i = 0; i < 9000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "user%d@example.org:!:/m/%d\n", i, i);
	c = with_users((struct slice){ text, n });
	for (i = 0; i < 9000; i += 37) {
		char name[40], want[40];

		(void)snprintf(name, sizeof(name), "user%d@example.org", i);
		(void)snprintf(want, sizeof(want), "/m/%d", i);
		CHECK_STR(find(&c, name), want);
	}
	CHECK_STR(find(&c, "user9000@example.org"), "-");
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
	/* Its home is another's, or not there. */
	CHECK_STR(find(&c, "nobody@example.org"), "-");
}

int
main(void)
{
	RUN(from_the_file);
	RUN(postmaster);
	RUN(patterns);
	RUN(mistakes);
	RUN(long_file);
	RUN(of_the_machine);
	return unit_done();
}
