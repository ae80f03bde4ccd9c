/* SPDX-License-Identifier: ISC */
/* box: a Maildir to be tested with. */
#ifndef BOX_H
#define BOX_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";

static inline int
box_delete(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void
box_end(void)
{
	(void)nftw(top, box_delete, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *
path_of(const char *name)
{
	static char paths[4][600];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

/* An empty Maildir that was not touched just now. */
static inline void
box_start(void)
{
	box_end();
	if (mkdir(top, 0700) == -1 || mkdir(path_of("new"), 0700) == -1 ||
	    mkdir(path_of("cur"), 0700) == -1 ||
	    mkdir(path_of("tmp"), 0700) == -1)
		abort();
}

static inline void
box_changed_at(time_t when)
{
	struct timespec times[2] = { { when, 5 }, { when, 5 } };

	if (utimensat(AT_FDCWD, path_of("new"), times, 0) == -1 ||
	    utimensat(AT_FDCWD, path_of("cur"), times, 0) == -1)
		abort();
}

/* As if the directories had not changed for long. */
static inline void
box_age(void)
{
	box_changed_at(1000000);
}

/* It has changed just now, for as long as the test takes. */
static inline void
box_freshen(void)
{
	box_changed_at(time(NULL) + 100000);
}

static inline void
file(const char *name, const char *text)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1 || close(fd) != 0)
		abort();
}

static inline int
exists(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0;
}

static inline const char *
content(const char *name)
{
	static char text[65536];
	int fd = open(path_of(name), O_RDONLY);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);

	(void)close(fd);
	text[n == -1 ? 0 : n] = '\0';
	return text;
}

static inline void
move(const char *from, const char *to)
{
	if (rename(path_of(from), path_of(to)) == -1)
		abort();
}

static inline void
gone(const char *name)
{
	if (unlink(path_of(name)) == -1)
		abort();
}

#endif
