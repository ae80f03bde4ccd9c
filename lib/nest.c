/* SPDX-License-Identifier: ISC */
/* nest: where many files are made faster; see nest.h. */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nest.h"

#define FILE_NAME "f"

#ifdef __linux__
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

enum { PATH = 320 };

/* What the kernel says in one line of a file: its length, or 0. */
static size_t
read_line(const char *path, char *line, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, line, room - 1);

	if (fd != -1)
		(void)close(fd);
	line[n > 0 ? n : 0] = '\0';
	return strcspn(line, "\n");
}

/* ext4 has the state of a device under its name. */
static int
has_no_journal(dev_t device)
{
	char path[PATH], to[200], task[32];
	const char *name;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/sys/dev/block/%u:%u",
	    major(device), minor(device));
	if ((n = readlink(path, to, sizeof(to) - 1)) <= 0)
		return 0;
	to[n] = '\0';
	name = strrchr(to, '/');
	(void)snprintf(path, sizeof(path), "/sys/fs/ext4/%s/journal_task",
	    name != NULL ? name + 1 : to);
	return read_line(path, task, sizeof(task)) > 0 &&
	    strncmp(task, "<none>", 6) == 0;
}

int
nest_pays(int dir)
{
	struct statfs fs;
	struct stat st;

	return fstatfs(dir, &fs) == 0 && fs.f_type == EXT4_SUPER_MAGIC &&
	    fstat(dir, &st) == 0 && has_no_journal(st.st_dev);
}

/* Where the directories below "fd" lie does not matter. */
static int
mark_top(int fd)
{
	unsigned flags; /* the kernel has no long there */

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == -1)
		return -1;
	flags |= FS_TOPDIR_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static int
open_directory(int dir, const char *name)
{
	return openat(dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Who shares tmp/ may remove what is left after a crash. */
static int
share(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	return (st.st_mode & S_ISGID) == 0 ? 0 : fchmod(fd, 0770);
}

int
nest_make(int dir, const char *run, char name[NEST_NAME])
{
	static unsigned count;
	char path[PATH];
	int top, fd = -1;

	(void)snprintf(name, NEST_NAME, ".R%.16sQ%u", run, ++count);
	(void)snprintf(path, sizeof(path), "tmp/%s", name);
	if (mkdirat(dir, path, 0700) == -1)
		return -1;
	top = open_directory(dir, path);
	/* ext4 looks where to begin by a hash of this name. */
	if (top != -1 && mark_top(top) == 0 &&
	    mkdirat(top, name, 0700) == 0 && share(top) == 0)
		fd = open_directory(top, name);
	if (top != -1)
		(void)close(top);
	if (fd == -1)
		nest_remove(dir, name);
	return fd;
}

int
nest_create(int fd)
{
	return fd == -1 ? -1 :
	    openat(fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

#else

int
nest_pays(int dir)
{
	(void)dir;
	return 0;
}

int
nest_make(int dir, const char *run, char name[NEST_NAME])
{
	(void)dir;
	(void)run;
	name[0] = '\0';
	return -1;
}

int
nest_create(int fd)
{
	(void)fd;
	return -1;
}

#endif

int
nest_create_named(int fd)
{
	return fd == -1 ? -1 : openat(fd, FILE_NAME,
	    O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int
nest_move(int fd, int dir, const char *path)
{
	return renameat(fd, FILE_NAME, dir, path);
}

void
nest_drop(int fd)
{
	(void)unlinkat(fd, FILE_NAME, 0);
}

void
nest_remove(int dir, const char *name)
{
	char path[2 * NEST_NAME + 8];

	if (strlen(name) >= NEST_NAME)
		return;
	/* Of a run that was killed. */
	(void)snprintf(path, sizeof(path), "tmp/%s/%s/" FILE_NAME, name,
	    name);
	(void)unlinkat(dir, path, 0);
	(void)snprintf(path, sizeof(path), "tmp/%s/%s", name, name);
	(void)unlinkat(dir, path, AT_REMOVEDIR);
	(void)snprintf(path, sizeof(path), "tmp/%s", name);
	(void)unlinkat(dir, path, AT_REMOVEDIR);
}
