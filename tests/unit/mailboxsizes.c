/* SPDX-License-Identifier: ISC */
/* Unit test of mailboxsizes: what is remembered, and the file that it is in. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "limits.h"
#include "mailboxsizes.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static int dir = -1;

static void
start(const char *text)
{
	int fd;

	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)close(dir);
	if (mkdir(top, 0700) == -1 ||
	    (dir = open(top, O_RDONLY | O_DIRECTORY)) == -1 ||
	    mkdirat(dir, "tmp", 0700) == -1)
		abort();
	if (text == NULL)
		return;
	fd = openat(dir, "mailpipe-sizes", O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, text, strlen(text)) == -1 || close(fd) != 0)
		abort();
}

static const char *
content(void)
{
	static char text[8192];
	int fd = openat(dir, "mailpipe-sizes", O_RDONLY);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);

	(void)close(fd);
	text[n == -1 ? 0 : n] = '\0';
	return text;
}

static long long
size(struct mailboxsizes *s, const char *base)
{
	uint64_t octets;

	return mailboxsizes_find(s, slice_str(base), &octets) ?
	    (long long)octets : -1;
}

static void
remembers(void)
{
	struct mailboxsizes *s;

	start(NULL);
	s = mailboxsizes_open(dir);
	CHECK_INT(size(s, "a"), -1);
	mailboxsizes_close(&s, 0);
	CHECK_INT(faccessat(dir, "mailpipe-sizes", F_OK, 0), -1);
	s = mailboxsizes_open(dir);
	mailboxsizes_add(s, SLICE("a"), 12);
	mailboxsizes_add(s, SLICE("b c"), 0);
	CHECK_INT(size(s, "a"), 12);
	mailboxsizes_close(&s, 0);
	CHECK_STR(content(), "12 a\n0 b c\n");
	s = mailboxsizes_open(dir);
	CHECK_INT(mailboxsizes_count(s), 2);
	CHECK_INT(size(s, "b c"), 0);
	CHECK_INT(size(s, "b"), -1);
	mailboxsizes_add(s, SLICE("d"), 7);
	mailboxsizes_close(&s, 0);
	CHECK_STR(content(), "12 a\n0 b c\n7 d\n");
	s = mailboxsizes_open(dir);
	CHECK_INT(size(s, "d"), 7);
	mailboxsizes_close(&s, 1);
	CHECK_STR(content(), "7 d\n");
	CHECK_INT(unlinkat(dir, "tmp", AT_REMOVEDIR), 0); /* nothing is left */
}

/* What is no line is as if it were not there; what is torn ends before the
 * next line. */
static void
bad(void)
{
	struct mailboxsizes *s;

	start("\n12\n12 \n-1 a\nx a\n99999999999999999999 a\n 5 a\n"
	    "8796093022209 a\n9 a,S=3\n2 a,S=3\n"
	    "3 c\n4 torn");
	s = mailboxsizes_open(dir);
	CHECK_INT(mailboxsizes_count(s), 1);
	CHECK_INT(size(s, "a"), -1);
	CHECK_INT(size(s, "torn"), -1);
	mailboxsizes_add(s, SLICE("d"), 7);
	mailboxsizes_close(&s, 0);
	s = mailboxsizes_open(dir);
	CHECK_INT(size(s, "c"), 3);
	CHECK_INT(size(s, "d"), 7);
	mailboxsizes_close(&s, 1);
	CHECK_STR(content(), "3 c\n7 d\n");
}

/* A file that is no file is no error. */
static void
odd(void)
{
	struct mailboxsizes *s;

	start(NULL);
	CHECK_INT(mkdirat(dir, "mailpipe-sizes", 0700), 0);
	s = mailboxsizes_open(dir);
	mailboxsizes_add(s, SLICE("d"), 7);
	CHECK_INT(size(s, "d"), 7);
	mailboxsizes_close(&s, 0);
	s = mailboxsizes_open(dir);
	mailboxsizes_close(&s, 1);
	CHECK_INT(unlinkat(dir, "tmp", AT_REMOVEDIR), 0);
}

/* What is too long is not read, and not made longer. */
static void
too_long(void)
{
	struct mailboxsizes *s;
	int fd;

	start("3 c\n");
	fd = openat(dir, "mailpipe-sizes", O_WRONLY);
	CHECK_INT(ftruncate(fd, LIMIT_UIDLIST + 1), 0);
	CHECK_INT(close(fd), 0);
	s = mailboxsizes_open(dir);
	CHECK_INT(mailboxsizes_count(s), 0);
	mailboxsizes_add(s, SLICE("d"), 7);
	mailboxsizes_close(&s, 0);
	CHECK_STR(content(), "7 d\n");
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(remembers);
	RUN(bad);
	RUN(odd);
	RUN(too_long);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
