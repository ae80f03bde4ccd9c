/* SPDX-License-Identifier: ISC */
/* Unit test of include: who may have written a file of addresses. */

#include "files.h"
#include "include.h"

static struct fail f;

/* The first line of the file, or why there is none. */
static const char *
first(const char *path)
{
	static char out[600];
	struct lines l;
	struct slice line;

	if (include_open(&l, path, &f) == -1)
		(void)snprintf(out, sizeof(out), "%s", f.text);
	else if (lines_next(&l, &line, &f) == 1)
		(void)snprintf(out, sizeof(out), "%.*s", SLICE_ARG(line));
	lines_close(&l);
	return out;
}

static void
says(const char *path, const char *what)
{
	CASE(path);
	if (strstr(first(path), what) == NULL)
		CHECK_STR(first(path), what);
	CHECK_INT(f.class, EX_CONFIG);
}

static void
modes(void)
{
	CHECK_STR(first(files_path("list")), "bob");
	CHECK_INT(chmod(files_path("list"), 0644), 0);
	CHECK_STR(first(files_path("list")), "bob");
	CHECK_INT(chmod(files_path("list"), 0664), 0);
	says(files_path("list"), "group or others can write it");
	CHECK_INT(chmod(files_path("list"), 0646), 0);
	says(files_path("list"), "group or others can write it");
	CHECK_INT(chmod(files_path("list"), 0600), 0);
}

static void
directories(void)
{
	CHECK_STR(first(files_path("d/list")), "carol");
	CHECK_INT(chmod(files_path("d"), 0770), 0);
	says(files_path("d/list"), "group or others can write there");
	CHECK_INT(chmod(files_path("d"), 01777), 0);
	says(files_path("d/list"), "group or others can write there");
	CHECK_INT(chmod(files_path("d"), 0700), 0);
	/* Further up group may write, and with the sticky bit others. */
	CHECK_INT(chmod(files_top, 0777), 0);
	says(files_path("d/list"), "others can write there");
	CHECK_INT(chmod(files_top, 01777), 0);
	CHECK_STR(first(files_path("d/list")), "carol");
	CHECK_INT(chmod(files_top, 0700), 0);
}

static void
no_files(void)
{
	says("list", "not an absolute path");
	says("", "not an absolute path");
	says(files_path("none"), "No such file");
	says(files_path("d"), "a directory");
	says("/dev/null", "not a regular file");
	says(files_path("fifo"), "");
}

/* What belongs to another can be given away by root alone. */
static void
owners(void)
{
	if (geteuid() != 0)
		return;
	CHECK_INT(chown(files_path("list"), 64000, 64000), 0);
	CHECK_STR(first(files_path("list")), "bob");
	CHECK_INT(chown(files_path("d"), 64001, 64001), 0);
	says(files_path("d/list"), "belongs to somebody else");
	CHECK_INT(chown(files_path("d/list"), 64001, 64001), 0);
	CHECK_STR(first(files_path("d/list")), "carol");
	/* Somebody leads to what another one wrote. */
	CHECK_INT(symlink("d", files_path("way")), 0);
	CHECK_INT(lchown(files_path("way"), 64000, 64000), 0);
	says(files_path("way/list"), "belongs to somebody else");
	CHECK_INT(lchown(files_path("way"), 0, 0), 0);
	CHECK_STR(first(files_path("way/list")), "carol");
	CHECK_INT(chown(files_path("d/list"), 64000, 64000), 0);
	CHECK_INT(chown(files_path("d"), 64001, 64001), 0);
	says(files_path("way/list"), "leads to what belongs to somebody else");
}

int
main(void)
{
	files_start();
	if (mkdir(files_path("d"), 0700) == -1 ||
	    mkfifo(files_path("fifo"), 0600) == -1)
		return 1;
	(void)umask(077);
	files_write("list", SLICE("bob\n"));
	files_write("d/list", SLICE("carol\n"));
	RUN(modes);
	RUN(directories);
	RUN(no_files);
	RUN(owners);
	files_end();
	return unit_done();
}
