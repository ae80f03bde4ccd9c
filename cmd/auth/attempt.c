/* SPDX-License-Identifier: ISC */
/* attempt: whose password it is; see attempt.h. */

#include <pwd.h>
#include <unistd.h>

#include "addr.h"
#include "attempt.h"
#include "pamcheck.h"
#include "userauth.h"
#include "userlogin.h"

static int
check_file(const struct conf *conf, const struct attempt *a,
    struct arena *arena, struct mailuser *u, struct fail *f)
{
	struct slice name = slice_str(a->name);
	int rc = userauth_password(conf, name, slice_str(a->password), f);

	return rc == 1 ? mailuser_find(conf, name, arena, u, f) : rc;
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
    struct mailuser *u, struct fail *f)
{
	struct conf machine = *conf;
	struct addr a = { slice_str(name), SLICE("") };
	const struct passwd *pw;
	struct user found;
	int rc = userlogin_find(name, geteuid(), &pw, f);

	if (rc != 1 || pw->pw_uid == 0)
		return rc == -1 ? -1 : 0;
	*u = (struct mailuser){
		.user = arena_str(arena, slice_str(pw->pw_name)),
		.home = arena_str(arena, slice_str(pw->pw_dir)),
		.shell = arena_str(arena, slice_str(pw->pw_shell[0] != '\0' ?
		    pw->pw_shell : "/bin/sh")),
		.uid = pw->pw_uid, .gid = pw->pw_gid };
	u->account = u->user;
	machine.users = NULL;
	machine.recipient_delimiter = 0;
	switch (users_find(&machine, &a, arena, &found, f)) {
	case USERS_FOUND:
		u->maildir = found.maildir;
		return 1;
	case USERS_FAILED:
		return -1;
	default:
		return 0;
	}
}

int
attempt_check(const struct conf *conf, const struct attempt *a,
    struct arena *arena, struct mailuser *u, struct fail *f)
{
	const char *name;
	int rc;

	if (!a->pam)
		return check_file(conf, a, arena, u, f);
	name = account_of(conf, a->name, arena);
	rc = pamcheck_password(name, a->password, f);
	return rc == 1 ? find_account(conf, name, arena, u, f) : rc;
}
