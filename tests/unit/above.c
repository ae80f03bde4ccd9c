/* SPDX-License-Identifier: ISC */
/* Unit test of above: which directory is meant, and that it is made. */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "unit.h"

/* The permissions of a directory, or 0. */
static int
mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ?
	    (int)st.st_mode & 0777 : 0;
}

static void
made(void)
{
	above_make("file", 0700);
	above_make("", 0700);
	above_make("/", 0700);
	CHECK_INT(mode_of("file"), 0);
	above_make("a/b//c/file", 0700);
	CHECK_INT(mode_of("a"), 0700);
	CHECK_INT(mode_of("a/b"), 0700);
	CHECK_INT(mode_of("a/b/c"), 0700);
	CHECK_INT(mode_of("a/b/c/file"), 0);
	/* What is there stays as it is. */
	above_make("a/b/d/directory//", 0750);
	CHECK_INT(mode_of("a/b"), 0700);
	CHECK_INT(mode_of("a/b/d"), 0750);
	CHECK_INT(mode_of("a/b/d/directory"), 0);
}

static void
made_absolute(void)
{
	char path[200];

	CHECK(getcwd(path, 100) != NULL);
	(void)snprintf(path + strlen(path), 100, "/e/f/file");
	above_make(path, 0700);
	CHECK_INT(mode_of("e/f"), 0700);
	CHECK_INT(mode_of("e/f/file"), 0);
}

/* Of the last component nothing is asked but a name. */
static void
synced(void)
{
	static const char *const fine[] = { "none", "none/", "none//", "/none",
		"/", "a/none", "a/b/none", "a//b//none/", "" };
	size_t i;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		CASE(fine[i]);
		CHECK_INT(above_sync(fine[i]), 0);
	}
	CASE("a directory that is missing");
	CHECK_INT(above_sync("none/file"), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(above_sync("/none/file/"), -1);
	CHECK_INT(errno, ENOENT);
}

int
main(void)
{
	char top[] = "/tmp/mailpipe-unit.XXXXXX";

	if (mkdtemp(top) == NULL || chdir(top) == -1)
		abort();
	(void)umask(0);
	RUN(made);
	RUN(made_absolute);
	RUN(synced);
	(void)rmdir("a/b/c");
	(void)rmdir("a/b/d");
	(void)rmdir("a/b");
	(void)rmdir("a");
	(void)rmdir("e/f");
	(void)rmdir("e");
	return chdir("/") == 0 && rmdir(top) == 0 ? unit_done() : 1;
}
