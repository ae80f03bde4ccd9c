/* SPDX-License-Identifier: ISC */
/* filelock: write locks on bytes of a file; see filelock.h. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"

#ifndef F_OFD_SETLK
#define F_OFD_SETLK F_SETLK
#define F_OFD_GETLK F_GETLK
#endif

static int
lock(int fd, int command, short type, struct flock *range)
{
	range->l_type = type;
	range->l_whence = SEEK_SET;
	return fcntl(fd, command, range);
}

int
filelock_take(int fd, off_t start, off_t n)
{
	struct flock range = { .l_start = start, .l_len = n };
	int rc = lock(fd, F_OFD_SETLK, F_WRLCK, &range);

	if (rc == -1 && errno == EACCES)
		errno = EAGAIN;
	return rc;
}

void
filelock_drop(int fd, off_t start, off_t n)
{
	struct flock range = { .l_start = start, .l_len = n };

	(void)lock(fd, F_OFD_SETLK, F_UNLCK, &range);
}

int
filelock_is_held(int fd, off_t start, off_t n)
{
	struct flock range = { .l_start = start, .l_len = n };
	int rc = lock(fd, F_OFD_GETLK, F_WRLCK, &range);

	return rc == -1 ? -1 : range.l_type != F_UNLCK;
}

int
filelock_is_whole(int fd)
{
	struct flock range = { .l_start = 0 };
	int rc = lock(fd, F_OFD_GETLK, F_WRLCK, &range);

	return rc == -1 ? -1 : range.l_type != F_UNLCK && range.l_start == 0 &&
	    range.l_len == 0;
}

int
filelock_is_at(int fd, int dir, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && ours.st_nlink > 0 &&
	    fstatat(dir, path, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}
