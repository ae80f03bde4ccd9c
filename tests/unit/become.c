/* SPDX-License-Identifier: ISC */
/* Unit test of become: root as another, and back; or for good. */

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "become.h"
#include "unit.h"

static const struct user user = { .maildir = "/m", .uid = 64001,
	.gid = 64002 };
static struct fail fail;

static void
for_a_while(void)
{
	uid_t before = geteuid();
	gid_t group = getegid(), all[2];
	int root = getuid() == 0;

	CHECK_INT(become_user(&user, &fail), 0);
	CHECK_INT(geteuid(), root ? user.uid : before);
	CHECK_INT(getegid(), root ? user.gid : group);
	if (root) {
		CHECK_INT(getgroups(2, all), 1);
		CHECK_INT(all[0], user.gid);
	}
	become_root();
	CHECK_INT(geteuid(), before);
	CHECK_INT(getegid(), group);
}

/* In a child, as there is no way back: 0 where all is as it should be. */
static int
lost(void)
{
	int root = getuid() == 0;

	if (become_for_good(&user, &fail) == -1)
		return 1;
	if (!root)
		return 0;
	if (getuid() != user.uid || geteuid() != user.uid ||
	    getgid() != user.gid || getegid() != user.gid)
		return 2;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 3;
	return getgroups(0, NULL) == 1 ? 0 : 4;
}

static void
for_good(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(lost());
	CHECK(pid != -1 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

int
main(void)
{
	RUN(for_a_while);
	RUN(for_good);
	return unit_done();
}
