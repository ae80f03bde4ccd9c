/* SPDX-License-Identifier: ISC */
/* Unit test of netrc: passwords for hosts, and who may read them. */

#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "netrc.h"
#include "unit.h"

static struct fail f;

static const char *
result_of(int rc, struct netrc *n)
{
	static char out[sizeof(f.text)];

	(void)snprintf(out, sizeof(out), "%s", rc == -1 ? f.text :
	    rc == 0 ? "-" : "");
	if (rc == 1)
		(void)snprintf(out, sizeof(out), "%s|%s", buf_str(&n->login),
		    buf_str(&n->secret));
	else
		CHECK_INT(n->secret.n, 0);
	if (rc == -1)
		CHECK_INT(f.class, EX_CONFIG);
	buf_free(&n->login);
	buf_wipe(&n->secret);
	return out;
}

/* "login|password", "-" where there is none, or what is malformed. */
static const char *
find(struct slice text, const char *host, const char *user)
{
	struct netrc n = { slice_str(host), slice_str(user),
		BUF(LIMIT_AUTH_NAME), BUF(LIMIT_SECRET) };
	struct slice exact = unit_exact(text);
	int rc = netrc_find(exact, &n, &f);

	free((void *)(uintptr_t)exact.p);
	return result_of(rc, &n);
}

static const char usual[] =
    "# for work\n"
    "machine mx.example.org login alice password s3cret\n"
    "machine mx.example.org\n"
    "\tlogin bob\n"
    "\tpassword \"two words\"\n"
    "\taccount x # a comment\n"
    "#machine mx.example.org login eve password x\n"
    "macdef init\n"
    "machine bad login bad password bad\n"
    "\n"
    "machine any.example.org password #only\n"
    "machine none.example.org login carol\n"
    "machine quoted.example.org login \"a\\\"b\\\\\" password \"c\\nd\\x\"\n"
    "machine empty.example.org login dave password \"\"\n"
    "default login anonymous password guest\n"
    "machine late.example.org login zoe password late";

static const struct {
	const char *host, *user, *want;
} cases[] = {
	{ "mx.example.org", "", "alice|s3cret" },
	{ "MX.Example.Org", "alice", "alice|s3cret" },
	{ "mx.example.org", "bob", "bob|two words" },
	{ "mx.example.org", "eve", "-" },
	{ "any.example.org", "frank", "|#only" },
	{ "any.example.org", "", "|#only" },
	{ "quoted.example.org", "a\"b\\", "a\"b\\|c\ndx" },
	{ "bad", "", "anonymous|guest" },
	{ "none.example.org", "", "anonymous|guest" },
	{ "empty.example.org", "dave", "-" },
	{ "elsewhere", "anonymous", "anonymous|guest" },
	{ "elsewhere", "alice", "-" },
	{ "late.example.org", "zoe", "zoe|late" },
};

static void
found(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].want);
		CHECK_STR(find(slice_str(usual), cases[i].host,
		    cases[i].user), cases[i].want);
	}
	CHECK_STR(find(SLICE("machine B\303\234cher password p"),
	    "xn--bcher-kva", ""), "|p");
	CHECK_STR(find(SLICE("machine b\374cher password p"), "xn--bcher-kva",
	    ""), "-");
	CHECK_STR(find(SLICE(""), "h", ""), "-");
	CHECK_STR(find(SLICE("#"), "h", ""), "-");
	CHECK_STR(find(SLICE("machine h\r\npassword p\r\n"), "h", ""), "|p");
	CHECK_STR(find(SLICE("machine h password machine"), "h", ""),
	    "|machine");
}

static void
mistakes(void)
{
	static const char keyword[] = "line 2: a word that is no keyword";
	static char longest[2 * LIMIT_SECRET];
	size_t n;

	CHECK_STR(find(SLICE("\nmachin h"), "h", ""), keyword);
	CHECK_STR(find(SLICE("\nmachine h pasword p"), "h", ""), keyword);
	CHECK_STR(find(SLICE("machine"), "h", ""),
	    "line 1: a keyword without its value");
	CHECK_STR(find(SLICE("machine h\n\npassword"), "h", ""),
	    "line 3: a keyword without its value");
	CHECK_STR(find(SLICE("machine h password \"a b\n\""), "h", ""),
	    "line 2: a quote that is not closed");
	CHECK_STR(find(SLICE("machine h password \"a\\"), "h", ""),
	    "line 1: a quote that is not closed");
	n = (size_t)snprintf(longest, sizeof(longest), "machine h password ");
	memset(longest + n, 'x', LIMIT_SECRET + 1);
	CHECK_STR(find((struct slice){ longest, n + LIMIT_SECRET + 1 }, "h",
	    ""), "line 1: a long word");
	CHECK(strlen(find((struct slice){ longest, n + LIMIT_SECRET }, "h",
	    "")) > 300);
}

static const char *
read_file(const char *path, const char *host)
{
	struct netrc n = { slice_str(host), SLICE(""), BUF(LIMIT_AUTH_NAME),
		BUF(LIMIT_SECRET) };
	int rc = netrc_read(path, &n, &f);

	return result_of(rc, &n);
}

static void
files(void)
{
	char dir[] = "/tmp/mailpipe-unit.XXXXXX", path[100], want[200];
	FILE *file;

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/.netrc", dir);
	(void)setenv("HOME", dir, 1);
	CHECK_STR(read_file(NULL, "h"), "-");
	if ((file = fopen(path, "w")) == NULL)
		abort();
	(void)fputs("machine h password p\n", file);
	(void)fclose(file);

	CHECK_INT(chmod(path, 0600), 0);
	CHECK_STR(read_file(NULL, "h"), "|p");
	CHECK_STR(read_file(path, "h"), "|p");
	CHECK_STR(read_file(path, "i"), "-");
	CHECK_INT(chmod(path, 0640), 0);
	(void)snprintf(want, sizeof(want),
	    "%s: others may read it (mode 640): chmod 600", path);
	CHECK_STR(read_file(NULL, "h"), want);
	CHECK_INT(chmod(path, 0604), 0);
	CHECK(strstr(read_file(path, "h"), "(mode 604)") != NULL);
	if (geteuid() == 0) {
		CHECK_INT(chmod(path, 0600), 0);
		CHECK_INT(chown(path, 64000, 64000), 0);
		CHECK(strstr(read_file(path, "h"), "another user's") != NULL);
	}
	(void)snprintf(want, sizeof(want), "%s: not a file", dir);
	CHECK_STR(read_file(dir, "h"), want);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(mkfifo(path, 0600), 0);
	CHECK(strstr(read_file(path, "h"), "not a file") != NULL);
	CHECK_INT(unlink(path), 0);
	(void)rmdir(dir);
	(void)unsetenv("HOME");
	CHECK_STR(read_file(NULL, "h"), "-");
}

int
main(void)
{
	RUN(found);
	RUN(mistakes);
	RUN(files);
	return unit_done();
}
