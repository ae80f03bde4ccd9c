/* SPDX-License-Identifier: ISC */
/* become: root as the users whose mail it touches; see become.h. */

#include <grp.h>
#include <unistd.h>

#include "become.h"

static int acting; /* as another user */

/* Who is not root stays who it is; and who owns a queue as root, of root's
 * group, is root already. */
static int
is_none(const struct user *u)
{
	return getuid() != 0 || (u->login == NULL && u->uid == 0 &&
	    u->gid == 0);
}

static int
set_groups(const struct user *u)
{
	return u->login != NULL ? initgroups(u->login, u->gid) :
	    setgroups(1, &u->gid);
}

int
become_user(const struct user *u, struct fail *f)
{
	if (is_none(u))
		return 0;
	acting = 1;
	if (set_groups(u) == -1 || setegid(u->gid) == -1 ||
	    seteuid(u->uid) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.200s: become its owner",
		    u->maildir);
	return 0;
}

void
become_root(void)
{
	gid_t none = 0;

	if (!acting)
		return;
	acting = 0;
	/* Cannot fail for who was root; going on as another would be worse
	 * than to end. */
	if (seteuid(0) == -1 || setegid(0) == -1 || setgroups(1, &none) == -1)
		_exit(EX_TEMPFAIL);
}

int
become_for_good(const struct user *u, struct fail *f)
{
	if (getuid() != 0)
		return 0;
	if (set_groups(u) == -1 || setgid(u->gid) == -1 ||
	    setuid(u->uid) == -1 || (u->uid != 0 && setuid(0) == 0))
		return fail_errno(f, EX_TEMPFAIL, "become the user of %.200s",
		    u->maildir);
	return 0;
}
