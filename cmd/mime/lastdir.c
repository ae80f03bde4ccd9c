/* SPDX-License-Identifier: ISC */
/* lastdir: opens files relative to their directory; see lastdir.h. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lastdir.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

void
lastdir_forget(struct lastdir *d)
{
	if (d->fd != -1)
		(void)close(d->fd);
	d->fd = -1;
	d->n = 0;
}

/* 1 if "dir" is that of the last path, which is noted. */
static int
is_last(struct lastdir *d, struct slice dir)
{
	if (slice_eq(dir, (struct slice){ d->path, d->n }))
		return 1;
	lastdir_forget(d);
	if (dir.n < LASTDIR_MOST) {
		memcpy(d->path, dir.p, dir.n);
		d->path[dir.n] = '\0';
		d->n = dir.n;
	}
	return 0;
}

int
lastdir_open(struct lastdir *d, struct slice path, int flags)
{
	struct slice dir = path;

	while (dir.n > 0 && dir.p[dir.n - 1] != '/')
		dir.n--;
	if (dir.n == 0 || !is_last(d, dir))
		return open(path.p, flags);
	if (d->fd == -1)
		d->fd = open(d->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->fd == -1)
		return open(path.p, flags);
	return openat(d->fd, path.p + dir.n, flags);
}
