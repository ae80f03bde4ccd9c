/* SPDX-License-Identifier: ISC */
/* files: a directory for a unit test, and files in it. */
#ifndef FILES_H
#define FILES_H

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char files_top[] = "/tmp/mailpipe-unit.XXXXXX";

static inline int
files_delete(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void
files_start(void)
{
	if (mkdtemp(files_top) == NULL)
		abort();
}

static inline void
files_end(void)
{
	(void)nftw(files_top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
}

/* Valid until the fourth next call. */
static inline const char *
files_path(const char *name)
{
	static char paths[4][300];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", files_top, name);
	return path;
}

static inline void
files_write(const char *name, struct slice text)
{
	FILE *out = fopen(files_path(name), "w");

	if (out == NULL || fwrite(text.p, 1, text.n, out) != text.n ||
	    fclose(out) != 0)
		abort();
}

#endif
