/* SPDX-License-Identifier: ISC */
/* spoolfile: who has a message of the queue; see spoolfile.h. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
#include "spoolfile.h"

enum {
	START = 16384,	/* bytes */
	SIZE_LINE = 26, /* of the first line, which is all there is, or less,
			   of a file that nothing came to */
};

/*
 * Asks the file system itself how long the file is: with a network in between,
 * as on FUSE, the kernel may remember for a second what it was before, and what
 * another host has written until then would not be read.
 */
void
spoolfile_refresh(const struct spoolfile *m)
{
#ifdef AT_STATX_FORCE_SYNC
	struct statx ignored;

	(void)statx(m->fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC,
	    STATX_SIZE | STATX_MTIME, &ignored);
#else
	(void)m;
#endif
}

int
spoolfile_lock(const struct spoolfile *m, size_t number, struct fail *f)
{
	if (filelock_take(m->fd, (off_t)number, number == 0 ? 0 : 1) == -1) {
		if (errno == EAGAIN)
			return 0;
		return fail_errno(f, EX_TEMPFAIL, "%.300s: lock", m->path);
	}
	spoolfile_refresh(m);
	if (filelock_is_at(m->fd, m->dir, m->path))
		return 1;
	spoolfile_unlock(m, number);
	return 0;
}

void
spoolfile_unlock(const struct spoolfile *m, size_t number)
{
	filelock_drop(m->fd, (off_t)number, number == 0 ? 0 : 1);
}

/* Nothing, the first bytes without a size, or none but NUL, as file systems
 * leave what they had given room to and not written. */
static int
is_unwritten(struct slice start)
{
	struct slice first = slice_sub(start, 0, SIZE_LINE);
	size_t i;

	for (i = 0; i < start.n && start.p[i] == '\0'; i++)
		;
	return i == start.n ||
	    slice_starts(SLICE("Size: --------------------"), first);
}

int
spoolfile_is_left(const struct spoolfile *m, enum spool_state state)
{
	return m->unwritten && state == SPOOL_NEW;
}

int
spoolfile_is_unwritten(const struct spoolfile *m, struct fail *f)
{
	char start[START];
	ssize_t n;

	spoolfile_refresh(m);
	if ((n = pread(m->fd, start, sizeof(start), 0)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: read", m->path);
	return is_unwritten((struct slice){ start, (size_t)n });
}

int
spoolfile_is_held(const struct spoolfile *m, struct fail *f)
{
	int rc = filelock_is_whole(m->fd);

	return rc != -1 ? rc :
	    fail_errno(f, EX_TEMPFAIL, "%.300s: lock", m->path);
}
