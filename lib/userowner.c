/* SPDX-License-Identifier: ISC */
/* userowner: who owns the way to a Maildir; see userowner.h. */

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "userowner.h"

/* Takes in who owns one part of a path: 0, or -1 with EPERM where that is
 * neither root nor who owns a part before it. */
static int
add_owner(const struct stat *st, struct userowner *o)
{
	if (o->uid == 0 || st->st_uid == o->uid) {
		o->uid = st->st_uid;
		o->gid = st->st_gid;
	} else if (st->st_uid != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* The same by its name; for a symbolic link its own owner counts, and who owns
 * what it leads to. */
static int
add_part(const char *path, struct userowner *o)
{
	struct stat st;

	if (lstat(path, &st) == -1 || add_owner(&st, o) == -1)
		return -1;
	return !S_ISLNK(st.st_mode) || (stat(path, &st) == 0 &&
	    add_owner(&st, o) == 0) ? 0 : -1;
}

/* Every part of "path" that is there. */
static int
add_parts(const char *path, struct userowner *o)
{
	char *at = mem_str(slice_str(path)), *end = at, c;
	int rc;

	do {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		c = *end;
		*end = '\0';
		rc = add_part(at, o);
		*end = c;
	} while (rc == 0 && c != '\0');
	free(at);
	return rc == -1 && errno == ENOENT ? 0 : rc;
}

int
userowner_find(const char *path, struct userowner *o, struct fail *f)
{
	const struct passwd *pw;

	*o = (struct userowner){ 0 };
	if (add_parts(path, o) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: who owns it", path);
	if (o->uid == 0)
		return fail_set(f, EX_CONFIG, "%.300s: no owner but root: "
		    "chown the Maildir or its directory", path);
	/* A directory may have a group that its owner is not in. */
	if ((pw = getpwuid(o->uid)) != NULL)
		o->gid = pw->pw_gid;
	return 0;
}
