/* SPDX-License-Identifier: ISC */
/* filelock: write locks on bytes of a file; see filelock.h. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
#include "samefile.h"

#ifdef __linux__
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

#ifdef F_OFD_SETLK
#define OF_FILES /* not of processes */
#else
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
	    samefile(&ours, &there);
}

#if defined(__linux__) && defined(__LP64__) && !defined(__mips__) && \
    defined(SYS_fstat) && defined(OF_FILES)

/* The library's fstat may be a call that takes paths, too; elsewhere it has
 * another struct stat than the kernel. */
int
filelock_has_name(int fd)
{
	struct stat st;

	return syscall(SYS_fstat, fd, &st) == 0 && st.st_nlink > 0;
}

int
filelock_is_kept(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) == -1)
		return 0;
	switch ((unsigned long)fs.f_type) {
	case BTRFS_SUPER_MAGIC:
	case EXT4_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case XFS_SUPER_MAGIC:
		return 1;
	default:
		return 0;
	}
}

#else

int
filelock_has_name(int fd)
{
	(void)fd;
	return 0;
}

int
filelock_is_kept(int fd)
{
	(void)fd;
	return 0;
}

#endif
