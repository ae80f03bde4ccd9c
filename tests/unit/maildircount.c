/* SPDX-License-Identifier: ISC */
/* Unit test of maildircount: the mail of a Maildir and its folders. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "maildircount.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static void
file(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "w");

	if (out == NULL || fputs(text, out) == EOF || fclose(out) != 0)
		abort();
}

static void
is(int dir, uint64_t bytes, uint64_t messages)
{
	struct fail f = { 0 };
	struct usage u;

	CHECK_INT(maildircount_all(dir, &u, &f), 0);
	CHECK_INT(u.bytes, bytes);
	CHECK_INT(u.messages, messages);
}

static void
counts(void)
{
	int dir = open(top, O_RDONLY | O_DIRECTORY);

	is(dir, 0, 0);
	CHECK_INT(mkdir(path_of("new"), 0700), 0);
	CHECK_INT(mkdir(path_of("cur"), 0700), 0);
	CHECK_INT(mkdir(path_of("tmp"), 0700), 0);
	CHECK_INT(mkdir(path_of(".a"), 0700), 0);
	CHECK_INT(mkdir(path_of(".a/cur"), 0700), 0);
	CHECK_INT(mkdir(path_of("b"), 0700), 0);
	CHECK_INT(mkdir(path_of("b/cur"), 0700), 0);
	is(dir, 0, 0);
	file("new/1.x,S=100,W=110", "");
	is(dir, 100, 1);
	file("cur/2.x,W=7,S=10:2,ST", "");
	file("cur/3.x:2,S=5", "1234");
	is(dir, 114, 3);
	file(".a/cur/4.x,S=1000", "");
	file(".a/5.x,S=1000", "");
	file("b/cur/6.x,S=1000", "");
	file("tmp/7.x,S=1000", "");
	file("cur/.8.x,S=1000", "");
	file(".file", "");
	is(dir, 1114, 4);
	file("new/9.x,S=x", "12");
	is(dir, 1116, 5);
	file("new/a.x,S=9223372036854775807", "");
	is(dir, INT64_MAX, 6);
	/* It leads to messages of others. */
	CHECK_INT(symlink(top, path_of(".link")), 0);
	is(dir, INT64_MAX, 6);
	(void)close(dir);
}

static void
stamps(void)
{
	int dir = open(top, O_RDONLY | O_DIRECTORY);
	uint64_t before, same, after;
	struct fail f;

	CHECK_INT(maildircount_stamp(dir, &before, &f), 0);
	CHECK_INT(maildircount_stamp(dir, &same, &f), 0);
	CHECK(before == same);
	CHECK_INT(utimensat(dir, ".a/cur", (struct timespec[2]){ { 1, 2 },
	    { 3, 4 } }, 0), 0);
	CHECK_INT(maildircount_stamp(dir, &after, &f), 0);
	CHECK(before != after);
	(void)close(dir);
}

static void
failures(void)
{
	int fd = open(path_of("new/1.x,S=100,W=110"), O_RDONLY);
	struct fail f = { 0 };
	struct usage u;

	CHECK_INT(maildircount_all(fd, &u, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	(void)close(fd);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(counts);
	RUN(stamps);
	RUN(failures);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
