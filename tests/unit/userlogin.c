/* SPDX-License-Identifier: ISC */
/* Unit test of userlogin: the machine's users who have mail.  Accounts that
 * the machine need not have are in smtpd-store.bats. */

#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "userlogin.h"

static int
owns_home(const struct passwd *pw)
{
	struct stat st;

	return stat(pw->pw_dir, &st) == 0 && st.st_uid == pw->pw_uid;
}

static void
of_this_process(void)
{
	const struct passwd *pw = getpwuid(geteuid()), *found;
	struct fail f = { 0 };
	char name[100];

	CHECK_INT(userlogin_find("no-user-of-that-name", geteuid(), &found,
	    &f), 0);
	CHECK_INT(userlogin_find("..", geteuid(), &found, &f), 0);
	if (pw == NULL || !owns_home(pw))
		return;
	CHECK_INT(userlogin_find(NULL, geteuid(), &found, &f), 1);
	CHECK_INT(found->pw_uid, geteuid());
	(void)snprintf(name, sizeof(name), "%s", found->pw_name);
	CHECK_INT(userlogin_find(name, geteuid(), &found, &f), 1);
	CHECK_STR(found->pw_name, name);
}

/* Whatever accounts there are. */
static void
daemons(void)
{
	char names[100][40];
	const struct passwd *pw;
	struct fail f = { 0 };
	size_t n = 0, i;

	setpwent();
	while (n < 100 && (pw = getpwent()) != NULL)
		if (pw->pw_uid != geteuid() && (pw->pw_uid >= 65534 ||
		    pw->pw_uid < 500 || !owns_home(pw) || geteuid() != 0))
			(void)snprintf(names[n++], sizeof(names[0]), "%s",
			    pw->pw_name);
	endpwent();
	for (i = 0; i < n; i++) {
		CASE(names[i]);
		CHECK_INT(userlogin_find(names[i], geteuid(), &pw, &f), 0);
	}
}

/* A daemon's server finds the daemon. */
static void
another_process(void)
{
	const struct passwd *pw, *found;
	struct fail f = { 0 };
	char name[100];

	setpwent();
	while ((pw = getpwent()) != NULL)
		if (pw->pw_uid != 0 && owns_home(pw))
			break;
	if (pw == NULL || getuid() != 0 || seteuid(pw->pw_uid) == -1)
		return;
	(void)snprintf(name, sizeof(name), "%s", pw->pw_name);
	CHECK_INT(userlogin_find(name, geteuid(), &found, &f), 1);
	CHECK_INT(userlogin_find(NULL, geteuid(), &found, &f), 1);
	CHECK_STR(found->pw_name, name);
	CHECK_INT(userlogin_find("root", geteuid(), &found, &f), 0);
	/* What root would find can be asked by anybody. */
	CHECK_INT(userlogin_find(NULL, 0, &found, &f), 1);
	CHECK_INT(found->pw_uid, 0);
	endpwent();
	CHECK_INT(seteuid(0), 0);
}

int
main(void)
{
	RUN(of_this_process);
	RUN(daemons);
	RUN(another_process);
	return unit_done();
}
