/* SPDX-License-Identifier: ISC */
/* login: who logged in, and becoming that user; see login.h. */

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "login.h"
#include "pamcheck.h"
#include "text.h"
#include "userauth.h"
#include "userlogin.h"

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

static int
check_file(const struct conf *conf, const struct login_attempt *a,
    struct arena *arena, struct login *l, struct fail *f)
{
	struct slice name = slice_str(a->name);
	struct userauth_mailbox m;
	const struct passwd *pw;
	int rc = userauth_password(conf, name, slice_str(a->password), f);

	if (rc != 1 ||
	    (rc = userauth_mailbox(conf, name, arena, &m, f)) != 1)
		return rc;
	*l = (struct login){ .user = m.address, .shell = "/bin/sh",
		.home = parent(arena, m.user.maildir),
		.maildir = m.user.maildir, .uid = m.user.uid,
		.gid = m.user.gid };
	if ((pw = getpwuid(l->uid)) != NULL)
		l->account = arena_str(arena, slice_str(pw->pw_name));
	return 1;
}

/* The name without a domain, where that is one of ours. */
static const char *
account_of(const struct conf *conf, const char *name, struct arena *arena)
{
	struct slice domain = slice_str(name), local;
	size_t i;

	if (slice_until(&domain, '@', &local))
		for (i = 0; i < conf->ndomains; i++)
			if (addr_same_domain(domain,
			    slice_str(conf->domains[i])))
				return arena_str(arena, local);
	return name;
}

/* The machine's user of that name: 1 with *l, 0, -1. */
static int
find_account(const struct conf *conf, const char *name, struct arena *arena,
    struct login *l, struct fail *f)
{
	struct conf machine = *conf;
	struct addr a = { slice_str(name), SLICE("") };
	const struct passwd *pw;
	struct user u;
	int rc = userlogin_find(name, &pw, f);

	if (rc != 1 || pw->pw_uid == 0)
		return rc == -1 ? -1 : 0;
	*l = (struct login){
		.user = arena_str(arena, slice_str(pw->pw_name)),
		.home = arena_str(arena, slice_str(pw->pw_dir)),
		.shell = arena_str(arena, slice_str(pw->pw_shell[0] != '\0' ?
		    pw->pw_shell : "/bin/sh")),
		.uid = pw->pw_uid, .gid = pw->pw_gid };
	l->account = l->user;
	machine.users = NULL;
	machine.recipient_delimiter = 0;
	switch (users_find(&machine, &a, arena, &u, f)) {
	case USERS_FOUND:
		l->maildir = u.maildir;
		return 1;
	case USERS_FAILED:
		return -1;
	default:
		return 0;
	}
}

int
login_check(const struct conf *conf, const struct login_attempt *a,
    struct arena *arena, struct login *l, struct fail *f)
{
	const char *name;
	int rc;

	if (!a->pam)
		return check_file(conf, a, arena, l, f);
	name = account_of(conf, a->name, arena);
	rc = pamcheck_password(name, a->password, f);
	return rc == 1 ? find_account(conf, name, arena, l, f) : rc;
}

/* Groups first, then what allows to set them; there is no way back. */
static int
change_ids(const struct login *l, struct fail *f)
{
	if (geteuid() != 0)
		return 0;
	if ((l->account != NULL ? initgroups(l->account, l->gid) :
	    setgroups(1, &l->gid)) == -1 ||
	    setgid(l->gid) == -1 || setuid(l->uid) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s: cannot become uid %ju",
		    TEXT_SHOW(slice_str(l->user)), (uintmax_t)l->uid);
	if (setuid(0) == 0)
		return fail_set(f, EX_TEMPFAIL, "%s: still root",
		    TEXT_SHOW(slice_str(l->user)));
	return 0;
}

int
login_become(const struct login *l, struct fail *f)
{
	if (change_ids(l, f) == -1)
		return -1;
	if (chdir(l->home) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s",
		    TEXT_SHOW(slice_str(l->home)));
	if (setenv("USER", l->user, 1) == -1 ||
	    setenv("HOME", l->home, 1) == -1 ||
	    setenv("SHELL", l->shell, 1) == -1 ||
	    setenv("MAILDIR", l->maildir, 1) == -1)
		return fail_errno(f, EX_TEMPFAIL, "environment");
	return 0;
}
