/* SPDX-License-Identifier: ISC */
/* Unit test of maildirfs: files with and without a name, links and copies. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "maildirfs.h"
#include "unit.h"

static char dir[] = "/tmp/mailpipe-unit.XXXXXX";

/* Bytes of the file "path", or -1. */
static long
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 ? -1 : (long)st.st_size;
}

/* Creates a file of 5 bytes and gives it a name in new/. */
static int
create_and_link(int maildir, const char *name, const char *to, int *named)
{
	int fd = maildirfs_create(maildir, name, named), rc;

	if (fd == -1 || write(fd, "12345", 5) != 5)
		return -1;
	rc = maildirfs_link(fd, maildir, to);
	(void)close(fd);
	return rc;
}

static void
without_a_name(void)
{
	struct fail f = { 0 };
	int named = -1, maildir = maildirfs_open("m", &f);

	CHECK(maildir != -1);
	CHECK_INT(create_and_link(maildir, "1", "new/1", &named), 0);
	CHECK_INT(named, 0);
	CHECK_INT(size_of("m/new/1"), 5);
	CHECK_INT(size_of("m/tmp/1"), -1);
	CHECK_INT(create_and_link(maildir, "1", "new/1", &named), -1);
	CHECK_INT(errno, EEXIST);
	CHECK_INT(maildirfs_sync(maildir, "new"), 0);
	CHECK_INT(maildirfs_sync(maildir, "none"), -1);
	(void)close(maildir);
}

/* Without /proc a file without a name could never get one. */
static void
hide_proc(void)
{
	if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) ==
	    -1 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) == -1)
		_exit(9);
}

static int
named_file(void)
{
	struct fail f = { 0 };
	int named = -1, maildir;

	hide_proc();
	if ((maildir = maildirfs_open("m", &f)) == -1 ||
	    create_and_link(maildir, "2", "new/2", &named) != 0 || !named)
		return 1;
	if (size_of("m/tmp/2") != 5 || size_of("m/new/2") != 5)
		return 2;
	if (maildirfs_create(maildir, "2", &named) != -1 || errno != EEXIST)
		return 3;
	return 0;
}

static void
without_proc(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(named_file());
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	CHECK_INT(size_of("m/new/2"), 5);
	(void)unlink("m/tmp/2");
}

/* To another file system, which /dev/shm is on Linux. */
static void
across(void)
{
	char other[] = "/dev/shm/mailpipe-unit.XXXXXX";
	struct fail f = { 0 };
	struct stat here, there;
	int named, maildir = maildirfs_open("m", &f), to, fd;

	CHECK(mkdtemp(other) != NULL);
	CHECK((to = open(other, O_RDONLY | O_DIRECTORY)) != -1);
	CHECK(fstat(maildir, &here) == 0 && fstat(to, &there) == 0);
	CHECK(here.st_dev != there.st_dev);
	CHECK((fd = maildirfs_create(maildir, "3", &named)) != -1);
	CHECK_INT(write(fd, "12345", 5), 5);
	CHECK_INT(maildirfs_link(fd, to, "3"), 0);
	CHECK(fstatat(to, "3", &there, 0) == 0);
	CHECK_INT(there.st_size, 5);
	CHECK_INT(there.st_mode & 07777, 0600);
	(void)unlinkat(to, "3", 0);
	(void)rmdir(other);
	(void)close(to);
	(void)close(fd);
	(void)close(maildir);
}

static void
no_directory(void)
{
	struct fail f = { 0 };

	CHECK_INT(maildirfs_open("none/m", &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(f.error, ENOENT);
	CHECK_INT(maildirfs_open("m/new/1", &f), -1);
	CHECK_INT(f.error, ENOTDIR);
	CHECK_INT(maildirfs_open("", &f), -1);
	CHECK_INT(f.error, ENOENT);
}

static void
refused(void)
{
	static const int for_good[] = { EACCES, ENOENT, ENOTDIR, EROFS },
	    for_now[] = { ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EIO };
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(for_good) / sizeof(for_good[0]); i++) {
		f = (struct fail){ .class = EX_TEMPFAIL, .error = for_good[i] };
		CHECK_INT(maildirfs_refused(&f), -1);
		CHECK_INT(f.class, EX_CANTCREAT);
	}
	for (i = 0; i < sizeof(for_now) / sizeof(for_now[0]); i++) {
		f = (struct fail){ .class = EX_TEMPFAIL, .error = for_now[i] };
		CHECK_INT(maildirfs_refused(&f), -1);
		CHECK_INT(f.class, EX_TEMPFAIL);
	}
}

int
main(void)
{
	static const char *const made[] = { "m/new/1", "m/new/2", "m/cur",
		"m/new", "m/tmp", "m" };
	size_t i;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return 1;
	RUN(without_a_name);
	RUN(without_proc);
	RUN(across);
	RUN(no_directory);
	RUN(refused);
	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		(void)remove(made[i]);
	(void)rmdir(dir);
	return unit_done();
}
