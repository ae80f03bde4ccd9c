/* SPDX-License-Identifier: ISC */
/* mailuser: a user who logged in, and becoming that user; see mailuser.h. */

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "mailuser.h"
#include "text.h"
#include "userauth.h"

/* The directory that a Maildir is in. */
static const char *
parent(struct arena *arena, const char *path)
{
	struct slice s = slice_str(path);

	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	while (s.n > 1 && s.p[s.n - 1] != '/')
		s.n--;
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return arena_str(arena, s);
}

int
mailuser_find(const struct conf *conf, struct slice name, struct arena *arena,
    struct mailuser *u, struct fail *f)
{
	struct userauth_mailbox m;
	const struct passwd *pw;
	int rc = userauth_mailbox(conf, name, arena, &m, f);

	if (rc != 1 || !m.may_log_in)
		return rc == -1 ? -1 : 0;
	*u = (struct mailuser){ .user = m.address, .shell = "/bin/sh",
		.home = parent(arena, m.user.maildir),
		.maildir = m.user.maildir, .uid = m.user.uid,
		.gid = m.user.gid };
	if ((pw = getpwuid(u->uid)) != NULL)
		u->account = arena_str(arena, slice_str(pw->pw_name));
	return 1;
}

/* Groups first, then what allows to set them; there is no way back. */
static int
change_ids(const struct mailuser *u, struct fail *f)
{
	if (geteuid() != 0)
		return 0;
	if ((u->account != NULL ? initgroups(u->account, u->gid) :
	    setgroups(1, &u->gid)) == -1 ||
	    setgid(u->gid) == -1 || setuid(u->uid) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s: cannot become uid %ju",
		    TEXT_SHOW(slice_str(u->user)), (uintmax_t)u->uid);
	if (setuid(0) == 0)
		return fail_set(f, EX_TEMPFAIL, "%s: still root",
		    TEXT_SHOW(slice_str(u->user)));
	return 0;
}

int
mailuser_become(const struct mailuser *u, struct fail *f)
{
	if (change_ids(u, f) == -1)
		return -1;
	if (chdir(u->home) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s",
		    TEXT_SHOW(slice_str(u->home)));
	if (setenv("USER", u->user, 1) == -1 ||
	    setenv("HOME", u->home, 1) == -1 ||
	    setenv("SHELL", u->shell, 1) == -1 ||
	    setenv("MAILDIR", u->maildir, 1) == -1)
		return fail_errno(f, EX_TEMPFAIL, "environment");
	return 0;
}
