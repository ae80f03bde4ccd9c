/* SPDX-License-Identifier: ISC */
/* spool: the files that messages are written to; see spool.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maildirfs.h"
#include "spool.h"

enum {
	SHARED = 0660, /* where tmp/, and so what is made there, is its
			  group's */
	TRIES = 100,   /* of ids that are taken */
};

/* A file without a name, in the nest, or where that is gone as elsewhere. */
static int
create_file(const struct spool *s, const char *id, int *named)
{
	int fd = nest_create(s->nest);

	*named = 0;
	return fd != -1 ? fd : maildirfs_create(s->dir, id, named);
}

static int
share(const struct spool *s, int fd)
{
	struct stat st;

	if (fstatat(s->dir, "tmp", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	return (st.st_mode & S_ISGID) == 0 ? 0 : fchmod(fd, SHARED);
}

int
spool_create(const struct spool *s, char id[SPOOL_ID], int *named,
    struct fail *f)
{
	int fd = -1, tries;

	for (tries = 0; fd == -1 && tries < TRIES; tries++) {
		if (spool_new_id(id, f) == -1)
			return -1;
		fd = create_file(s, id, named);
		if (fd == -1 && errno != EEXIST)
			break;
	}
	if (fd != -1 && share(s, fd) == 0)
		return fd;
	(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create a message", s->path);
	if (fd != -1)
		spool_discard(s, fd, *named ? id : NULL);
	return -1;
}

void
spool_discard(const struct spool *s, int fd, const char *id)
{
	char path[SPOOL_NAME];

	if (id != NULL) {
		(void)snprintf(path, sizeof(path), "tmp/%s", id);
		(void)unlinkat(s->dir, path, 0);
	}
	(void)close(fd);
}

int
spool_link(const struct spool *s, int fd, const char *path)
{
	char from[40];

	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	return linkat(s->dir, from, s->dir, path, AT_SYMLINK_FOLLOW);
}
