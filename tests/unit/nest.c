/* SPDX-License-Identifier: ISC */
/* Unit test of nest: a directory for new files, of which nothing is left. */

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "files.h"
#include "maildirfs.h"
#include "nest.h"
#include "unit.h"

static const char run[] = "0123456789abcdef";
static struct fail f;

static int
open_box(void)
{
	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return maildirfs_open(files_path("box"), &f);
}

/* tmp/ is empty: who can remove it? */
static int
is_empty(int dir)
{
	return unlinkat(dir, "tmp", AT_REMOVEDIR) == 0 &&
	    mkdirat(dir, "tmp", 0700) == 0;
}

static int
is_ext4(int dir)
{
	struct statfs fs;

	return fstatfs(dir, &fs) == 0 && fs.f_type == EXT4_SUPER_MAGIC;
}

static void
made_and_removed(void)
{
	char name[NEST_NAME], other[NEST_NAME], path[100];
	unsigned flags = 0;
	int dir = open_box(), fd = nest_make(dir, run, name), top, file;

	CHECK_INT(fd != -1, is_ext4(dir));
	if (fd != -1) {
		CHECK(strstr(name, ".R0123456789abcdefQ") == name);
		(void)snprintf(path, sizeof(path), "tmp/%s", name);
		top = openat(dir, path, O_RDONLY | O_DIRECTORY);
		CHECK_INT(ioctl(top, FS_IOC_GETFLAGS, &flags), 0);
		CHECK((flags & FS_TOPDIR_FL) != 0);
		(void)close(top);
		file = nest_create(fd);
		CHECK(file != -1);
		CHECK_INT(write(file, "x", 1), 1);
		CHECK_INT(maildirfs_link(file, dir, "tmp/x"), 0);
		(void)close(file);
		CHECK_INT(unlinkat(dir, "tmp/x", 0), 0);
		(void)close(fd);
		/* No two have the same name. */
		fd = nest_make(dir, run, other);
		CHECK(fd != -1);
		CHECK(strcmp(name, other) != 0);
		(void)close(fd);
		CHECK(!is_empty(dir));
		nest_remove(dir, other);
		nest_remove(dir, name);
	}
	CHECK(is_empty(dir));
	(void)close(dir);
}

/* What was there before is not touched. */
static void
not_made(void)
{
	char name[NEST_NAME], path[100];
	int dir = open_box(), fd = nest_make(dir, run, name);
	const char *q = strrchr(name, 'Q');

	if (fd != -1) {
		nest_remove(dir, name);
		(void)close(fd);
		(void)snprintf(path, sizeof(path), "tmp/.R%sQ%ld", run,
		    strtol(q + 1, NULL, 10) + 1);
		CHECK_INT(mkdirat(dir, path, 0700), 0);
		CHECK_INT(nest_make(dir, run, name), -1);
		CHECK_INT(unlinkat(dir, path, AT_REMOVEDIR), 0);
	}
	/* No directory, and a name that is none of ours. */
	fd = openat(dir, "tmp/x", O_WRONLY | O_CREAT, 0600);
	CHECK(fd != -1);
	(void)close(fd);
	nest_remove(dir, "x");
	nest_remove(dir,
	    "a-name-that-is-longer-than-what-any-nest-has-got");
	CHECK_INT(unlinkat(dir, "tmp/x", 0), 0);
	CHECK(is_empty(dir));
	CHECK_INT(unlinkat(dir, "tmp", AT_REMOVEDIR), 0);
	CHECK_INT(nest_make(dir, run, name), -1);
	(void)close(dir);
}

/* Of a directory that is its group's, the group removes what is left; and what
 * is made there is the group's. */
static void
shared(void)
{
	char name[NEST_NAME], path[100];
	int dir = open_box(), fd;
	struct stat st;

	CHECK_INT(fchmodat(dir, "tmp", 02770, 0), 0);
	fd = nest_make(dir, run, name);
	if (fd != -1) {
		(void)snprintf(path, sizeof(path), "tmp/%s", name);
		CHECK_INT(fstatat(dir, path, &st, 0), 0);
		CHECK_INT(st.st_mode & 0777, 0770);
		CHECK_INT(fstat(fd, &st), 0);
		CHECK((st.st_mode & S_ISGID) != 0);
		nest_remove(dir, name);
		/* It is gone, and nothing can be made there. */
		CHECK_INT(nest_create(fd), -1);
		(void)close(fd);
	}
	CHECK_INT(nest_create(-1), -1);
	CHECK(is_empty(dir));
	(void)close(dir);
}

static void
only_where_it_pays(void)
{
	int dir = open("/proc", O_RDONLY | O_DIRECTORY);

	CHECK_INT(nest_pays(dir), 0);
	(void)close(dir);
	CHECK_INT(nest_pays(-1), 0);
	dir = open_box();
	if (!is_ext4(dir))
		CHECK_INT(nest_pays(dir), 0);
	(void)close(dir);
}

int
main(void)
{
	files_start();
	RUN(made_and_removed);
	RUN(not_made);
	RUN(shared);
	RUN(only_where_it_pays);
	files_end();
	return unit_done();
}
