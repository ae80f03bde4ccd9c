/* SPDX-License-Identifier: ISC */
/* leftovers: what a crash left in tmp/; see leftovers.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "leftovers.h"

enum { OLD = 36 * 3600 }; /* seconds */

static int
is_left(int dir, const char *name, time_t now)
{
	struct stat st;

	return spool_is_id(slice_str(name)) &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_mtime < now - OLD;
}

int
leftovers_remove(const struct spool *s, struct fail *f)
{
	int fd = openat(s->dir, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	time_t now = time(NULL);
	struct dirent *entry;
	int rc = 0;

	if (d == NULL) {
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s/tmp", s->path);
		if (fd != -1)
			(void)close(fd);
		return rc;
	}
	while (rc == 0 && (errno = 0, entry = readdir(d)) != NULL)
		if (is_left(fd, entry->d_name, now) &&
		    unlinkat(fd, entry->d_name, 0) == -1 && errno != ENOENT)
			rc = fail_errno(f, EX_TEMPFAIL,
			    "%.300s/tmp/%.20s: remove", s->path,
			    entry->d_name);
	if (rc == 0 && errno != 0)
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s/tmp", s->path);
	(void)closedir(d);
	return rc;
}
