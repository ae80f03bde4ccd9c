/* SPDX-License-Identifier: ISC */
/* Unit test of unprivileged: root becomes another user, for good. */

#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"
#include "unprivileged.h"

/* In a process of its own: 0 where it has become somebody. */
static int
become(const char *user)
{
	struct conf conf = { .user = user };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct fail f = { 0 };

		if (unprivileged_become(&conf, &f) == -1)
			_exit(f.class);
		_exit(getuid() == 0 || geteuid() == 0 || getgid() == 0 ||
		    setuid(0) == 0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
users(void)
{
	if (getuid() != 0) { /* it stays who it is */
		struct conf conf = { .user = "mailpipe-nobody" };
		struct fail f = { 0 };

		CHECK_INT(unprivileged_prepare(&conf, &f), 0);
		CHECK_INT(unprivileged_become(&conf, &f), 0);
		return;
	}
	CHECK_INT(become("nobody"), 0);
	CHECK_INT(become("root"), EX_CONFIG);
	CHECK_INT(become("mailpipe-nobody"), EX_CONFIG);
}

int
main(void)
{
	RUN(users);
	return unit_done();
}
