/* SPDX-License-Identifier: ISC */
/* scratch: temporary files without a name; see scratch.h. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"
#include "scratch.h"
#include "text.h"

enum { BLOCK = 65536 };

int
scratch_open(struct fail *f)
{
	const char *dir = secure_getenv("TMPDIR");
	char path[4096];
	int fd, n;

	if (dir == NULL || dir[0] == '\0')
		dir = "/tmp";
	n = snprintf(path, sizeof(path), "%s/mailpipe.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fail_set(f, EX_CANTCREAT, "TMPDIR: too long");
	if ((fd = mkostemp(path, O_CLOEXEC)) == -1)
		return fail_errno(f, EX_CANTCREAT, "%s: create",
		    TEXT_SHOW(slice_str(path)));
	(void)unlink(path);
	return fd;
}

static int
copy(int from, int to, const char *name, struct fail *f)
{
	char *block = mem_alloc(BLOCK);
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = io_read(from, block, BLOCK)) != 0)
		if (n == -1)
			rc = fail_errno(f, EX_IOERR, "%s: read", name);
		else if (io_write(to, (struct slice){ block, (size_t)n }) == -1)
			rc = fail_errno(f, EX_TEMPFAIL,
			    "temporary file: write");
	free(block);
	return rc;
}

int
scratch_copy(int from, const char *name, struct fail *f)
{
	int fd = scratch_open(f);

	if (fd == -1)
		return -1;
	if (copy(from, fd, name, f) == 0) {
		if (lseek(fd, 0, SEEK_SET) == 0)
			return fd;
		(void)fail_errno(f, EX_TEMPFAIL, "temporary file: seek");
	}
	(void)close(fd);
	return -1;
}
