/* SPDX-License-Identifier: ISC */
/* include: files of addresses; see include.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "include.h"
#include "limits.h"
#include "mem.h"

/* The reason why a part of the way is not safe, or NULL. */
static const char *
check_directory(const char *path, uid_t owner, int last)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return strerror(errno);
	if (st.st_uid != 0 && st.st_uid != owner)
		return "belongs to somebody else";
	if (stat(path, &st) == -1)
		return strerror(errno);
	if (st.st_uid != 0 && st.st_uid != owner)
		return "leads to what belongs to somebody else";
	if (last && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "group or others can write there";
	if ((st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0)
		return "others can write there";
	return NULL;
}

/* Every directory of the way to "path". */
static int
check_way(const char *path, uid_t owner, struct fail *f)
{
	char *way = mem_str(slice_str(path)), *end = way;
	const char *bad;

	*strrchr(way, '/') = '\0';
	bad = check_directory("/", owner, way[0] == '\0');
	while (bad == NULL && *end != '\0') {
		char c;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		c = *end;
		*end = '\0';
		bad = check_directory(way, owner, c == '\0');
		if (bad != NULL)
			break;
		*end = c;
	}
	if (bad != NULL)
		(void)fail_set(f, EX_CONFIG, "%.200s: %.100s/: %.100s", path,
		    way, bad);
	free(way);
	return bad == NULL ? 0 : -1;
}

int
include_open(struct lines *l, const char *path, struct fail *f)
{
	struct stat st;

	if (path[0] != '/') {
		*l = (struct lines){ .in.fd = -1 };
		return fail_set(f, EX_CONFIG, "%.200s: not an absolute path",
		    path);
	}
	if (lines_open(l, path, LIMIT_ALIAS, f) == -1) {
		f->class = f->class == EX_NOINPUT ? EX_CONFIG : EX_TEMPFAIL;
		return -1;
	}
	/* An empty file is not kept open. */
	if ((l->in.fd == -1 ? stat(path, &st) : fstat(l->in.fd, &st)) == -1 ||
	    !S_ISREG(st.st_mode))
		return fail_set(f, EX_CONFIG, "%.200s: not a regular file",
		    path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail_set(f, EX_CONFIG,
		    "%.200s: group or others can write it", path);
	return check_way(path, st.st_uid, f);
}
