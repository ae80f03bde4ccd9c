/* SPDX-License-Identifier: ISC */
/* maildirfs: the steps of a delivery in the file system; see maildirfs.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "io.h"
#include "maildir.h"
#include "maildirfs.h"

enum { FD_PATH = 40 };

static const char *const parts[] = { "cur", "new", "tmp" };

void
maildirfs_host(char host[MAILDIRFS_HOST])
{
	char *p;

	if (gethostname(host, MAILDIRFS_HOST) == -1)
		(void)snprintf(host, MAILDIRFS_HOST, "localhost");
	host[MAILDIRFS_HOST - 1] = '\0';
	for (p = host; *p != '\0'; p++)
		if (*p == '/' || *p == ':' || *p == ',' || *p <= ' ')
			*p = '_';
}

int
maildirfs_sync(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	(void)close(fd);
	return rc;
}

static int
open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Makes what is missing of the Maildir "path", and syncs it. */
static int
make(const char *path, struct fail *f)
{
	int dir, rc = -1, made = mkdir(path, 0700) == 0;
	size_t i;

	if ((!made && errno != EEXIST) || (dir = open_dir(path)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: create", path);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (mkdirat(dir, parts[i], 0700) == -1 && errno != EEXIST)
			goto out;
	if (fsync(dir) == 0 && (!made || above_sync(path) == 0))
		rc = 0;
out:
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create", path);
	(void)close(dir);
	return rc;
}

/* What a delivery needs of a Maildir is there. */
static int
is_whole(int dir)
{
	return faccessat(dir, "tmp", F_OK, 0) == 0 &&
	    faccessat(dir, "new", F_OK, 0) == 0;
}

int
maildirfs_open(const char *path, struct fail *f)
{
	int dir;

	if (path[0] == '\0') {
		errno = ENOENT;
		return fail_errno(f, EX_TEMPFAIL, "a Maildir without a name");
	}
	dir = open_dir(path);
	if (dir != -1 && is_whole(dir))
		return dir;
	if (dir != -1)
		(void)close(dir);
	else if (errno != ENOENT)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: open", path);
	if (make(path, f) == -1)
		return -1;
	if ((dir = open_dir(path)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: open", path);
	return dir;
}

int
maildirfs_refused(struct fail *f)
{
	switch (f->error) {
	case EACCES:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT: /* the directory above it */
	case ENOTDIR:
	case EPERM:
	case EROFS:
		f->class = EX_CANTCREAT;
	}
	return -1;
}

static void
fd_path(char out[FD_PATH], int fd)
{
	(void)snprintf(out, FD_PATH, "/proc/self/fd/%d", fd);
}

/* A file without a name that can get one later; -1 where that is not to be
 * had: another file system, or no /proc. */
static int
create_unnamed(int dir)
{
	char path[FD_PATH];
	int fd = openat(dir, "tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1)
		return -1;
	fd_path(path, fd);
	if (access(path, F_OK) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

int
maildirfs_create(int dir, const char *name, int *named)
{
	char path[MAILDIR_NAME + 8];
	int fd = create_unnamed(dir);

	*named = fd == -1;
	if (fd != -1)
		return fd;
	(void)snprintf(path, sizeof(path), "tmp/%s", name);
	return openat(dir, path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int
copy_bytes(int from, int to)
{
	char block[16384];
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) == -1)
		return -1;
	while ((n = io_read(from, block, sizeof(block))) > 0)
		if (io_write(to, (struct slice){ block, (size_t)n }) == -1)
			return -1;
	return n == -1 ? -1 : fsync(to);
}

static int
copy(int fd, int dir, const char *to)
{
	int rc, new = openat(dir, to,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (new == -1)
		return -1;
	rc = copy_bytes(fd, new);
	if (close(new) == -1)
		rc = -1;
	if (rc == -1)
		(void)unlinkat(dir, to, 0);
	return rc;
}

int
maildirfs_link(int fd, int dir, const char *to)
{
	char path[FD_PATH];

	fd_path(path, fd);
	if (linkat(AT_FDCWD, path, dir, to, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	/* Another file system, one without links, or no /proc. */
	if (errno == EXDEV || errno == EPERM || errno == EMLINK ||
	    errno == ENOENT)
		return copy(fd, dir, to);
	return -1;
}
