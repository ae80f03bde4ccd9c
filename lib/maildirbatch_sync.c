/* SPDX-License-Identifier: ISC */
/* maildirbatch: all of a batch to the disk; see maildirbatch.h. */

#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "maildirbatch.h"
#include "maildirfs.h"

enum {
	FEW = 8, /* files that are synced one by one */
};

/* Does syncfs(2) tell that something could not be written? */
static int
syncfs_tells(void)
{
	struct utsname u;
	struct slice release, major, minor;
	uint64_t a, b;

	if (uname(&u) == -1 || !slice_eq(slice_str(u.sysname), SLICE("Linux")))
		return 0;
	release = slice_str(u.release);
	if (!slice_until(&release, '.', &major) ||
	    slice_uint(major, 0, 999, &a) == -1)
		return 0;
	(void)slice_until(&release, '.', &minor);
	minor = slice_sub(minor, 0, strspn(minor.p, "0123456789"));
	return slice_uint(minor, 0, 999, &b) == 0 &&
	    (a > 5 || (a == 5 && b >= 8));
}

static int
sync_file(int dir, const char *name)
{
	char path[MAILDIRBATCH_PATH];
	int fd = openat(dir, maildirbatch_tmp(path, name),
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	(void)close(fd);
	return rc;
}

int
maildirbatch_flush(const struct maildirbatch *b, int dir)
{
	size_t n = maildirbatch_count(b), i;

#ifdef __linux__
	/* An error may be that of somebody else's file. */
	if (n > FEW && syncfs_tells() && syncfs(dir) == 0)
		return 0;
#endif
	for (i = 0; i < n; i++)
		if (sync_file(dir, maildirbatch_name(b, i)) == -1)
			return -1;
	return n == 0 ? 0 : maildirfs_sync(dir, "tmp");
}
