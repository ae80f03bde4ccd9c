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
copied(void)
{
	static char want[200000], got[200001];
	struct fail f;
	int from, fd;

	CHECK_INT(setenv("TMPDIR", files_top, 1), 0);
	memset(want, 'x', sizeof(want));
	want[70000] = '\0';
	from = scratch_open(&f);
	CHECK_INT(write(from, want, sizeof(want)), sizeof(want));
	CHECK_INT(lseek(from, 1, SEEK_SET), 1);
	fd = scratch_copy(from, "it", &f);
	CHECK_INT(read(fd, got, sizeof(got)), sizeof(want) - 1);
	CHECK(memcmp(got, want + 1, sizeof(want) - 1) == 0);
	(void)close(fd);
	fd = scratch_copy(from, "it", &f);
	CHECK_INT(read(fd, got, sizeof(got)), 0);
	(void)close(fd);
	(void)close(from);
	from = open(files_top, O_RDONLY);
	CHECK_INT(scratch_copy(from, "it", &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK_STR(f.text, "it: read: Is a directory");
	(void)close(from);
}

static void
nowhere(void)
{
	struct fail f;

	CHECK_INT(setenv("TMPDIR", files_path("none"), 1), 0);
	CHECK_INT(scratch_open(&f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
	CHECK_INT(scratch_copy(STDIN_FILENO, "it", &f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
}

int
main(void)
{
	files_start();
	RUN(unnamed);
	RUN(copied);
	RUN(nowhere);
	files_end();
	return unit_done();
}
