/* SPDX-License-Identifier: ISC */
/* paths: a list of paths on a descriptor; see paths.h. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "paths.h"

enum { LONGEST = 4096 };

void
paths_start(struct paths *p, int fd, int end)
{
	p->fd = fd;
	p->end = end;
	p->eof = p->error = 0;
	p->from = p->to = 0;
}

/* Sees the next path, empty ones skipped, and leaves it in the block: 1, also
 * at the end (*path is empty), after an error, and where it is known to be too
 * long; 0 where more of the list has to be read. */
static int
look(struct paths *p, struct slice *path)
{
	struct slice rest;
	int whole;

	for (;;) {
		rest = (struct slice){ p->block + p->from, p->to - p->from };
		whole = slice_until(&rest, p->end, path);
		if (!whole || path->n > 0)
			break;
		p->from++;
	}
	return whole || p->eof || p->error != 0 || path->n > LONGEST;
}

/* Reads more behind what is there. */
static void
read_more(struct paths *p)
{
	ssize_t n;

	memmove(p->block, p->block + p->from, p->to - p->from);
	p->to -= p->from;
	p->from = 0;
	do
		n = read(p->fd, p->block + p->to, sizeof(p->block) - p->to);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		p->error = errno;
	else
		p->to += (size_t)n;
	p->eof = n == 0;
}

int
paths_ready(struct paths *p)
{
	struct pollfd more = { .fd = p->fd, .events = POLLIN };
	struct slice path;

	while (!look(p, &path)) {
		if (poll(&more, 1, 0) == 0)
			return 0;
		read_more(p);
	}
	return 1;
}

int
paths_take(struct paths *p, struct slice *path, struct fail *f)
{
	while (!look(p, path))
		read_more(p);
	if (p->error != 0) {
		errno = p->error;
		(void)fail_errno(f, EX_IOERR, "list of paths: read");
		return 0;
	}
	if (path->n > LONGEST || slice_find(*path, '\0') < path->n) {
		(void)fail_set(f, EX_DATAERR, "list of paths: one longer than "
		    "%d bytes, or with a NUL", LONGEST);
		return 0;
	}
	p->from += path->n;
	if (p->from < p->to)
		p->from++;
	return path->n > 0;
}

char *
paths_next(struct paths *p, struct fail *f)
{
	struct slice path;

	return paths_take(p, &path, f) ? mem_str(path) : NULL;
}
