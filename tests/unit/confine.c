/* SPDX-License-Identifier: ISC */
/* Unit test of confine: a process that opens nothing any more. */

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "sandbox.h"
#include "unit.h"

/* In a process of its own: 0 where it could be confined, and opens nothing. */
static int
opens(int (*confine)(struct fail *))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct fail f = { 0 };

		_exit(confine(&f) == -1 ||
		    open("/etc/passwd", O_RDONLY) != -1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static void
confined(void)
{
	if (sandbox_abi() == 0)
		return; /* without Landlock the filter may be forbidden */
	CHECK_INT(opens(confine_closed), 0);
	CHECK_INT(opens(confine_libraries), 0);
}

int
main(void)
{
	RUN(confined);
	return unit_done();
}
