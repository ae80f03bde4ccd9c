/* SPDX-License-Identifier: ISC */
/* unprivileged: whom a server becomes that root started; see unprivileged.h. */

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "unprivileged.h"

static struct {
	const char *name; /* NULL: not looked up yet */
	uid_t uid;
	gid_t gid;
} network_side;

/* Where the configuration says who it is. */
static const char *
place(const struct conf *conf)
{
	return conf->user_at != NULL ? conf->user_at : "";
}

int
unprivileged_prepare(const struct conf *conf, struct fail *f)
{
	const struct passwd *pw;

	if (network_side.name == conf->user || getuid() != 0)
		return 0;
	pw = getpwnam(conf->user);
	if (pw == NULL)
		return fail_set(f, EX_CONFIG, "%sUser: %.100s: there is no "
		    "such user", place(conf), conf->user);
	if (pw->pw_uid == 0)
		return fail_set(f, EX_CONFIG,
		    "%sUser: %.100s is not a user without privileges",
		    place(conf), conf->user);
	network_side.name = conf->user;
	network_side.uid = pw->pw_uid;
	network_side.gid = pw->pw_gid;
	return 0;
}

int
unprivileged_become(const struct conf *conf, struct fail *f)
{
	if (getuid() != 0)
		return 0;
	if (unprivileged_prepare(conf, f) == -1)
		return -1;
	if (setgroups(1, &network_side.gid) == -1 ||
	    setgid(network_side.gid) == -1 || setuid(network_side.uid) == -1)
		return fail_errno(f, EX_TEMPFAIL, "become user %.100s",
		    network_side.name);
	if (setuid(0) == 0)
		return fail_set(f, EX_SOFTWARE, "privileges are still there");
	return 0;
}

uid_t
unprivileged_uid(const struct conf *conf)
{
	struct fail ignored;

	if (getuid() != 0)
		return getuid();
	return unprivileged_prepare(conf, &ignored) == 0 ? network_side.uid :
	    (uid_t)-1;
}
