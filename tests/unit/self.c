/* SPDX-License-Identifier: ISC */
/* Tests of self: the names of this user and this host. */

#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "self.h"
#include "unit.h"

static void
host(void)
{
	char want[SELF_HOST] = "", got[SELF_HOST];

	(void)gethostname(want, sizeof(want) - 1);
	CHECK(self_host(got) == got);
	CHECK_STR(got, want[0] == '\0' ? "localhost" : want);
}

/* Where the host's name is one that mail has no place for, that is told. */
static void
address(void)
{
	const struct passwd *user = getpwuid(getuid());
	char want[ADDR_TEXT], got[ADDR_TEXT], name[SELF_HOST];
	struct fail f = { 0 };

	if (user == NULL)
		return;
	(void)snprintf(want, sizeof(want), "%s@%s", user->pw_name,
	    self_host(name));
	if (self_address(got, &f) == 0)
		CHECK_STR(got, want);
	else
		CHECK_INT(f.class, EX_NOUSER);
}

/* The real uid counts, and one without a name is not made into somebody. */
static void
nobody_by_name(void)
{
	char got[ADDR_TEXT];
	struct fail f = { 0 };
	int status = 0;
	pid_t pid;

	if (getuid() != 0 || getpwuid(54321) != NULL)
		return;
	if ((pid = fork()) == -1)
		abort();
	if (pid == 0) {
		if (setresuid(54321, 0, 0) == -1 ||
		    self_address(got, &f) != -1)
			_exit(1);
		_exit(f.class == EX_NOUSER &&
		    strcmp(f.text, "user 54321 has no name") == 0 ? 0 : 2);
	}
	(void)waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

int
main(void)
{
	RUN(host);
	RUN(address);
	RUN(nobody_by_name);
	return unit_done();
}
