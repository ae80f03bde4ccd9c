/* SPDX-License-Identifier: ISC */
/* scratch: temporary files without a name; see scratch.h. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scratch.h"
#include "text.h"

int
scratch_open(struct fail *f)
{
	const char *dir = secure_getenv("TMPDIR");
	char path[4096];
	int fd, n;

	if (dir == NULL || dir[0] == '\0')
		dir = "/tmp";
	n = snprintf(path, sizeof(path), "%s/mailpipe.XXXXXXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fail_set(f, EX_CANTCREAT, "TMPDIR: too long");
	if ((fd = mkostemp(path, O_CLOEXEC)) == -1)
		return fail_errno(f, EX_CANTCREAT, "%s: create",
		    TEXT_SHOW(slice_str(path)));
	(void)unlink(path);
	return fd;
}
