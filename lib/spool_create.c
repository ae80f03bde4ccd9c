/* SPDX-License-Identifier: ISC */
/* spool: the files that messages are written to; see spool.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
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

static char *
path_in_tmp(char out[SPOOL_NAME], const char *id)
{
	(void)snprintf(out, SPOOL_NAME, "tmp/%s", id);
	return out;
}

static int
share(const struct spool *s, int fd)
{
	struct stat st;

	if (fstatat(s->dir, "tmp", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	return (st.st_mode & S_ISGID) == 0 ? 0 : fchmod(fd, SHARED);
}

static int
cannot_create(const struct spool *s, struct fail *f)
{
	return fail_errno(f, EX_TEMPFAIL, "%.300s: create a message", s->path);
}

int
spool_create(const struct spool *s, char id[SPOOL_ID], int *named,
    struct fail *f)
{
	char path[SPOOL_NAME];
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
	(void)cannot_create(s, f);
	if (fd != -1) {
		if (*named)
			(void)unlinkat(s->dir, path_in_tmp(path, id), 0);
		(void)close(fd);
	}
	return -1;
}

int
spool_link(const struct spool *s, int fd, const char *path)
{
	char from[40];

	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	return linkat(s->dir, from, s->dir, path, AT_SYMLINK_FOLLOW);
}

/*
 * It has another name first, unlike other messages: who watches new/ then sees
 * what is done by its descriptor (watch.h), which has the name that the file
 * began with, and goes with that (inotify(7)).
 */
int
spool_create_blank(const struct spool *s, char id[SPOOL_ID], struct fail *f)
{
	struct spool_name name = { .state = SPOOL_NEW };
	char path[SPOOL_NAME], tmp[SPOOL_NAME];
	int fd = nest_create_named(s->nest), nested = fd != -1;

	if (spool_new_id(id, f) == -1)
		goto out;
	memcpy(name.id, id, SPOOL_ID);
	(void)spool_path(path, &name);
	(void)path_in_tmp(tmp, id);
	if (!nested)
		fd = openat(s->dir, tmp,
		    O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd != -1 && share(s, fd) == 0 && filelock_take(fd, 0, 0) == 0 &&
	    (nested ? nest_move(s->nest, s->dir, path) :
	    renameat(s->dir, tmp, s->dir, path)) == 0)
		return fd;
	(void)cannot_create(s, f);
out:
	if (nested)
		nest_drop(s->nest);
	else if (fd != -1)
		(void)unlinkat(s->dir, tmp, 0);
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* Where they were made: nothing is made in a nest that was removed. */
static int
sync_origin(const struct spool *s)
{
	struct stat st;

	return s->nest != -1 && fstat(s->nest, &st) == 0 && st.st_nlink > 0 ?
	    fsync(s->nest) : maildirfs_sync(s->dir, "tmp");
}

/* Without a journal a rename may be half there after a crash, and what has two
 * names is no message. */
int
spool_sync_blanks(const struct spool *s)
{
	struct fail ignored;

	return sync_origin(s) == -1 ? -1 : spool_sync(s, SPOOL_NEW, &ignored);
}
