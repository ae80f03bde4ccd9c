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

/* Is it the name of a nest, for which its maker took an id? */
static int
is_nest(struct slice name)
{
	return name.n < NEST_NAME && slice_starts(name, SLICE(".R")) &&
	    spool_is_id(slice_sub(name, 2, 2 + SPOOL_ID - 1)) &&
	    slice_starts(slice_sub(name, 2 + SPOOL_ID - 1, name.n), SLICE("Q"));
}

static int
is_old(int dir, const char *name, time_t now, mode_t *mode)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	*mode = st.st_mode;
	return st.st_mtime < now - OLD;
}

/* 0, or -1 where it is left by a crash and cannot be removed. */
static int
look_at(const struct spool *s, int dir, const char *name, time_t now)
{
	mode_t mode;

	if (!is_old(dir, name, now, &mode))
		return 0;
	if (S_ISDIR(mode) && is_nest(slice_str(name)))
		nest_remove(s->dir, name);
	if (!S_ISREG(mode) || !spool_is_id(slice_str(name)) ||
	    unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	return -1;
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
		if (look_at(s, fd, entry->d_name, now) == -1)
			rc = fail_errno(f, EX_TEMPFAIL,
			    "%.300s/tmp/%.20s: remove", s->path,
			    entry->d_name);
	if (rc == 0 && errno != 0)
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s/tmp", s->path);
	(void)closedir(d);
	return rc;
}
