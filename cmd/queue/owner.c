/* SPDX-License-Identifier: ISC */
/* owner: whose the queue is; see owner.h. */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "owner.h"

enum {
	NAME = 64,
	GROUPS = 256, /* of a user that are looked at */
};

static int
is_member(const struct passwd *user, gid_t group)
{
	gid_t groups[GROUPS];
	int i, n = GROUPS;

	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) == -1)
		n = GROUPS;
	for (i = 0; i < n; i++)
		if (groups[i] == group)
			return 1;
	return 0;
}

static int
may_write(const struct passwd *user, const struct stat *st)
{
	return user->pw_uid == 0 || st->st_uid == user->pw_uid ||
	    ((st->st_mode & S_IRWXG) == S_IRWXG &&
	    is_member(user, st->st_gid));
}

/* The first directory that "user" may not write to, with "st" of it; or NULL.
 * That of the queue itself may be root's. */
static const char *
find_foreign(const struct spool *s, const struct passwd *user, struct stat *st)
{
	const char *name;
	unsigned i;

	for (i = 0; (name = spool_part(i)) != NULL; i++)
		if (fstatat(s->dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !may_write(user, st))
			return name;
	return NULL;
}

/* 1 where it is a name, and not a number. */
static int
name_owner(char to[NAME], uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		(void)snprintf(to, NAME, "%s", pw->pw_name);
	else
		(void)snprintf(to, NAME, "%lu", (unsigned long)uid);
	return pw != NULL;
}

static void
name_group(char to[NAME], gid_t gid)
{
	const struct group *gr = getgrgid(gid);

	if (gr != NULL)
		(void)snprintf(to, NAME, "%s", gr->gr_name);
	else
		(void)snprintf(to, NAME, "%lu", (unsigned long)gid);
}

void
owner_warn(const struct conf *conf, const struct spool *s)
{
	const struct passwd *user;
	char owner[NAME], group[NAME];
	const char *name;
	struct fail f;
	struct stat st;
	int named;

	if (geteuid() != 0 || (user = getpwnam(conf->user)) == NULL ||
	    (name = find_foreign(s, user, &st)) == NULL)
		return;
	name_group(group, user->pw_gid);
	named = name_owner(owner, st.st_uid);
	/* Where the configuration does not say who User is it is what has to
	 * be mended, not the queue. */
	if (strcmp(conf->user, CONF_USER) == 0 && named && st.st_uid != 0)
		(void)fail_set(&f, EX_CONFIG, "%.200s/%s belongs to %s, but "
		    "User of mailpipe.conf is %s: \"User: %s\" is missing "
		    "there", s->path, name, owner, conf->user, owner);
	else
		(void)fail_set(&f, EX_CONFIG, "%.120s/%s belongs to %s, but "
		    "User of mailpipe.conf is %.50s: chown -R %.50s:%s %.120s",
		    s->path, name, owner, conf->user, conf->user, group,
		    s->path);
	(void)cli_report(&f);
}

void
owner_explain(const struct spool *s, struct fail *f)
{
	char owner[NAME], group[NAME];
	size_t n = strlen(f->text);
	struct stat st;

	if ((f->error != EACCES && f->error != EPERM) || s->path == NULL ||
	    stat(s->path, &st) == -1)
		return;
	(void)name_owner(owner, st.st_uid);
	name_group(group, st.st_gid);
	(void)snprintf(f->text + n, sizeof(f->text) - n,
	    "; the queue is for %s and the group %s", owner, group);
}
