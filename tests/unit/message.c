/* SPDX-License-Identifier: ISC */
/* Unit test of message: stale paths of a Maildir are found again. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "unit.h"

static void
touch(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	if (fd == -1 || close(fd) == -1)
		abort();
}

static void
check(const char *path, const char *want)
{
	char *got = message_path(path);

	CASE(path);
	CHECK_STR(got, want);
	free(got);
}

static void
stale_paths(void)
{
	char dir[] = "/tmp/mailpipe-unit.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		abort();
	(void)mkdir("m", 0700);
	(void)mkdir("m/cur", 0700);
	(void)mkdir("m/new", 0700);
	touch("m/cur/1.a.host,S=5:2,FS");
	touch("m/new/2.b.host,S=5,W=6");
	check("m/cur/1.a.host,S=5:2,FS", "m/cur/1.a.host,S=5:2,FS");
	check("m/cur/1.a.host,S=5:2,", "m/cur/1.a.host,S=5:2,FS");
	check("m/new/1.a.host,S=5", "m/cur/1.a.host,S=5:2,FS");
	check("m/cur/2.b.host,S=5,W=6:2,S", "m/new/2.b.host,S=5,W=6");
	check("m/cur/3.c.host", "m/cur/3.c.host");
	check("m/cur/", "m/cur/");
	check("elsewhere/1.a.host,S=5", "elsewhere/1.a.host,S=5");
	check("-", "-");
	check("", "");
	if (chdir("m") == -1)
		abort();
	check("new/1.a.host", "cur/1.a.host,S=5:2,FS");
	(void)unlink("cur/1.a.host,S=5:2,FS");
	(void)unlink("new/2.b.host,S=5,W=6");
	(void)rmdir("cur");
	(void)rmdir("new");
	if (chdir("..") == -1 || rmdir("m") == -1 || rmdir(dir) == -1)
		abort();
	check("/nowhere/cur/1", "/nowhere/cur/1");
}

int
main(void)
{
	RUN(stale_paths);
	return unit_done();
}
