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
	p->eof = 0;
	p->from = p->to = 0;
}

int
paths_ready(const struct paths *p)
{
	struct slice rest = { p->block + p->from, p->to - p->from };
	struct pollfd more = { .fd = p->fd, .events = POLLIN };

	return p->eof || slice_find(rest, p->end) < rest.n ||
	    poll(&more, 1, 0) != 0;
}

/* Reads more behind what is there: 0, or -1. */
static int
read_more(struct paths *p, struct fail *f)
{
	ssize_t n;

	memmove(p->block, p->block + p->from, p->to - p->from);
	p->to -= p->from;
	p->from = 0;
	do
		n = read(p->fd, p->block + p->to, sizeof(p->block) - p->to);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fail_errno(f, EX_IOERR, "list of paths: read");
	p->eof = n == 0;
	p->to += (size_t)n;
	return 0;
}

char *
paths_next(struct paths *p, struct fail *f)
{
	struct slice rest, path;

	for (;;) {
		rest = (struct slice){ p->block + p->from, p->to - p->from };
		if (slice_until(&rest, p->end, &path) || p->eof) {
			p->from = p->to - rest.n;
			if (path.n > LONGEST || slice_find(path, '\0') < path.n)
				break;
			if (path.n > 0)
				return mem_str(path);
			if (p->eof && rest.n == 0)
				return NULL;
		} else {
			if (rest.n == 0 && path.n > LONGEST)
				break;
			if (read_more(p, f) == -1)
				return NULL;
		}
	}
	(void)fail_set(f, EX_DATAERR,
	    "list of paths: one longer than %d bytes, or with a NUL", LONGEST);
	return NULL;
}
