/* SPDX-License-Identifier: ISC */
/* Unit test of confine: a process that opens little any more. */

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "sandbox.h"
#include "unit.h"

/* In a process of its own: 0 where it could be confined, and writes nothing. */
static int
writes(int (*confine)(struct fail *))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct fail f = { 0 };

		/* AddressSanitizer has to read. */
		_exit(confine(&f) == -1 ||
		    open("/tmp", O_TMPFILE | O_WRONLY, 0600) != -1 ||
		    open("/dev/null", O_WRONLY) != -1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static void
confined(void)
{
	if (sandbox_abi() == 0)
		return; /* without Landlock the filter may be forbidden */
	CHECK_INT(writes(confine_closed), 0);
	CHECK_INT(writes(confine_libraries), 0);
}

int
main(void)
{
	RUN(confined);
	return unit_done();
}
