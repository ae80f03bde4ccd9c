/* SPDX-License-Identifier: ISC */
/* tlscache: a client's TLS sessions on disk; see tlscache.h. */

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "io.h"
#include "tlscache.h"
#include "xdg.h"

/* Our directory: a descriptor, or -1. */
static int
open_cache(int make)
{
	struct buf path = BUF(PATH_MAX);
	int fd = -1;

	if (xdg_directory("XDG_CACHE_HOME", ".cache", &path) == NULL) {
		if (make) {
			above_make(buf_str(&path), 0700);
			(void)mkdir(buf_str(&path), 0700);
		}
		fd = open(buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	buf_free(&path);
	return fd;
}

/* A file that nobody else can have written or read. */
static int
is_ours(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
	    st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

static int
load(int fd, struct buf *out)
{
	struct stat st;
	char *to;

	if (!is_ours(fd, &st) || st.st_size < 1 || st.st_size > TLSCACHE_MAX ||
	    (to = buf_room(out, (size_t)st.st_size)) == NULL ||
	    io_read(fd, to, (size_t)st.st_size) != (ssize_t)st.st_size)
		return -1;
	out->n += (size_t)st.st_size;
	return 0;
}

int
tlscache_load(const char *name, struct buf *out)
{
	int dir = open_cache(0), fd = -1, rc = -1;

	if (dir != -1)
		fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC);
	if (fd != -1) {
		rc = load(fd, out);
		(void)close(fd);
	}
	if (dir != -1)
		(void)close(dir);
	return rc;
}

/* No flush: what a crash leaves half there is no session, and none is what
 * there would be without the cache. */
void
tlscache_save(const char *name, struct slice session)
{
	char temporary[NAME_MAX + 1];
	int dir = open_cache(1), fd = -1, written;

	(void)snprintf(temporary, sizeof(temporary), ".%.200s.%ld", name,
	    (long)getpid());
	if (dir != -1 && session.n <= TLSCACHE_MAX)
		fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL |
		    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd != -1) {
		written = io_write(fd, session);
		if (close(fd) == -1 || written == -1 ||
		    renameat(dir, temporary, dir, name) == -1)
			(void)unlinkat(dir, temporary, 0);
	}
	if (dir != -1)
		(void)close(dir);
}
