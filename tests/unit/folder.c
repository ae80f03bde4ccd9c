/* SPDX-License-Identifier: ISC */
/* Unit test of folder: no name leads out of a Maildir. */

#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static char maildir[100];

/* The path below the Maildir, or "". */
static const char *
find(struct slice name)
{
	static char out[300];
	struct arena arena = { 0 };
	const char *path = folder_find(&arena, maildir, name);

	(void)snprintf(out, sizeof(out), "%s",
	    path == NULL ? "" : path + strlen(maildir));
	arena_free(&arena);
	return out;
}

static void
names(void)
{
	CHECK_STR(find(SLICE("lists")), "/.lists");
	CHECK_STR(find(SLICE("lists.c")), "/.lists.c");
	CHECK_STR(find(SLICE("Lists")), "");
	CHECK_STR(find(SLICE("none")), "");
	CHECK_STR(find(SLICE("file")), "");
}

/* Each of these is there, as a directory, by its path. */
static void
hostile(void)
{
	CHECK_STR(find(SLICE("")), "");
	CHECK_STR(find(SLICE(".")), "");
	CHECK_STR(find(SLICE("./../lists")), "");
	CHECK_STR(find(SLICE("lists/../../x")), "");
	CHECK_STR(find(SLICE("lists/cur")), "");
	CHECK_STR(find(SLICE("/../x")), "");
	CHECK_STR(find(SLICE("lists.")), "");
	CHECK_STR(find(SLICE("lists..c")), "");
	CHECK_STR(find(SLICE("a\nb")), "");
	CHECK_STR(find(SLICE("lists\0x")), "");
}

static void
long_names(void)
{
	char name[202], path[400];
	struct slice all = { name, 200 };

	memset(name, 'a', sizeof(name));
	(void)snprintf(path, sizeof(path), "%s/.%.201s", maildir, name);
	CHECK_INT(mkdir(path, 0700), 0);
	CHECK_STR(find((struct slice){ name, 201 }), "");
	CHECK_INT(rmdir(path), 0);
	path[strlen(path) - 1] = '\0';
	CHECK_INT(mkdir(path, 0700), 0);
	CHECK_SLICE(slice_sub(slice_str(find(all)), 2, 300), all);
	CHECK_INT(rmdir(path), 0);
}

int
main(void)
{
	static const char *const dirs[] = { "m", "x", "m/.lists", "m/.lists.c",
		"m/.lists/cur", "m/.a\nb", "m/.lists.", "m/.lists..c" };
	char path[200];
	FILE *file;
	size_t i, n = sizeof(dirs) / sizeof(dirs[0]);

	if (mkdtemp(top) == NULL)
		return 1;
	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", top, dirs[i]);
		if (mkdir(path, 0700) == -1)
			return 1;
	}
	(void)snprintf(maildir, sizeof(maildir), "%s/m", top);
	(void)snprintf(path, sizeof(path), "%s/.file", maildir);
	if ((file = fopen(path, "w")) == NULL || fclose(file) != 0)
		return 1;
	RUN(names);
	RUN(hostile);
	RUN(long_names);
	(void)unlink(path);
	while (n-- > 0) {
		(void)snprintf(path, sizeof(path), "%s/%s", top, dirs[n]);
		(void)rmdir(path);
	}
	(void)rmdir(top);
	return unit_done();
}
