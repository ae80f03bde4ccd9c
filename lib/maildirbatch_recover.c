/* SPDX-License-Identifier: ISC */
/* maildirbatch: what a crash left behind; see maildirbatch.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "maildir.h"
#include "maildirbatch.h"
#include "maildirfs.h"
#include "mem.h"
#include "nest.h"

/* What a name keeps wherever it is moved: what stands before its sizes, or its
 * flags. */
static struct slice
base_of(const char *name)
{
	return (struct slice){ name, strcspn(name, ",:") };
}

struct sought {
	struct slice base;
	unsigned char *found;
};

static int
compare(const void *a, const void *b)
{
	const struct slice x = ((const struct sought *)a)->base,
	    y = ((const struct sought *)b)->base;
	int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return order != 0 ? order : (x.n > y.n) - (x.n < y.n);
}

static DIR *
open_part(int dir, const char *part)
{
	int fd = openat(dir, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL && fd != -1)
		(void)close(fd);
	return d;
}

/* Looks for the "n" of "sought", which are sorted, in one directory. */
static int
look_in(int dir, const char *part, struct sought *sought, size_t n)
{
	DIR *d = open_part(dir, part);
	struct dirent *entry;
	struct sought *s;
	int error;

	if (d == NULL)
		return errno == ENOENT ? 0 : -1;
	while ((void)(errno = 0), (entry = readdir(d)) != NULL) {
		s = bsearch(&(struct sought){ .base = base_of(entry->d_name) },
		    sought, n, sizeof(*sought), compare);
		if (s != NULL)
			*s->found = 1;
	}
	error = errno;
	(void)closedir(d);
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Those that were not in tmp/.  A reader moves from new/ to cur/: so they are
 * looked at in that order. */
static int
look_for_others(int dir, const struct maildirbatch_noted *noted)
{
	struct sought *sought = mem_alloc(noted->n * sizeof(*sought));
	size_t i, n = 0;
	int rc = 0;

	for (i = 0; i < noted->n; i++)
		if (!noted->found[i])
			sought[n++] = (struct sought){
				base_of(noted->names[i]), &noted->found[i] };
	if (n > 0) {
		qsort(sought, n, sizeof(*sought), compare);
		if (look_in(dir, "new", sought, n) == -1 ||
		    look_in(dir, "cur", sought, n) == -1)
			rc = -1;
	}
	free(sought);
	return rc;
}

/* Moves "name" out of tmp/: 1, 0 where it is not in tmp/, or -1 with errno:
 * ENOENT also where the other directory is missing. */
static int
finish(int dir, const char *name)
{
	char path[MAILDIRBATCH_PATH];

	if (maildirbatch_move(dir, name) == 0)
		return 1;
	if (errno != ENOENT)
		return -1;
	if (faccessat(dir, maildirbatch_tmp(path, name), F_OK,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	errno = ENOENT;
	return -1;
}

/* Is it a name that can be nowhere but in its directory? */
static int
is_plain(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL &&
	    strlen(name) < MAILDIR_NAME;
}

int
maildirbatch_recover(const struct maildirbatch_noted *noted, struct fail *f)
{
	int dir = open(noted->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 1, moved;
	size_t i;

	if (noted->n > 0)
		memset(noted->found, 0, noted->n);
	if (dir == -1 && errno == ENOENT)
		return 0;
	for (i = 0; i < noted->n && dir != -1 && rc != -1; i++) {
		moved = is_plain(noted->names[i]) ?
		    finish(dir, noted->names[i]) : 0;
		noted->found[i] = moved == 1;
		rc = moved == -1 ? -1 : 1;
	}
	if (dir == -1 || rc == -1 ||
	    (maildirfs_sync(dir, "new") == -1 && errno != ENOENT) ||
	    (maildirfs_sync(dir, "cur") == -1 && errno != ENOENT) ||
	    look_for_others(dir, noted) == -1)
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s: recover messages",
		    noted->path);
	if (dir != -1)
		(void)close(dir);
	return rc;
}

int
maildirbatch_sweep(const char *path, const char *run, struct fail *f)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	char mark[MAILDIRBATCH_RUN + 2];
	struct dirent *entry;
	DIR *d = NULL;

	if (dir != -1)
		d = open_part(dir, "tmp");
	if (d == NULL && errno != ENOENT)
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s: tmp", path);
	(void)snprintf(mark, sizeof(mark), "R%.16sQ", run);
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strstr(entry->d_name, mark) != NULL &&
		    unlinkat(dirfd(d), entry->d_name, 0) == -1)
			nest_remove(dir, entry->d_name);
	if (d != NULL)
		(void)closedir(d);
	if (dir != -1)
		(void)close(dir);
	return rc;
}
