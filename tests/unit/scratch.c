/* SPDX-License-Identifier: ISC */
/* Unit test of scratch: files that nobody else finds. */

#include <fcntl.h>

#include "files.h"
#include "scratch.h"

static void
unnamed(void)
{
	struct fail f;
	struct stat st;
	int fd;

	CHECK_INT(setenv("TMPDIR", files_top, 1), 0);
	fd = scratch_open(&f);
	CHECK_INT(fstat(fd, &st), 0);
	CHECK_INT(st.st_nlink, 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(write(fd, "x", 1), 1);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	(void)close(fd);
}

static void
nowhere(void)
{
	struct fail f;

	CHECK_INT(setenv("TMPDIR", files_path("none"), 1), 0);
	CHECK_INT(scratch_open(&f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
}

int
main(void)
{
	files_start();
	RUN(unnamed);
	RUN(nowhere);
	files_end();
	return unit_done();
}
