/* SPDX-License-Identifier: ISC */
/* release: the files of messages that were removed; see release.h. */

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "release.h"

static void
wait_for_it(struct release *r)
{
	while (r->closing > 0 && waitpid(r->closing, NULL, 0) == -1 &&
	    errno == EINTR)
		continue;
	r->closing = 0;
}

static void
close_here(struct release *r)
{
	while (r->n > 0)
		(void)close(r->fd[--r->n]);
	r->bytes = 0;
}

/* The child has them all as long as it lives: the last close is its exit.
 * Where there is no process to be had, it is here. */
static void
close_there(struct release *r)
{
	wait_for_it(r);
	r->closing = fork();
	if (r->closing == 0)
		_exit(0);
	close_here(r);
}

void
release_file(struct release *r, int fd, uint64_t bytes)
{
	r->fd[r->n++] = fd;
	r->bytes += bytes;
	if (r->n == RELEASE_FILES || r->bytes >= RELEASE_BYTES)
		close_there(r);
}

void
release_all(struct release *r)
{
	close_here(r);
	wait_for_it(r);
}
