/* SPDX-License-Identifier: ISC */
/* spoollend: blanks for another process; see spoollend.h. */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
#include "handover.h"
#include "spoolfile.h"
#include "spoollend.h"

_Static_assert(SPOOL_BLANKS <= (int)HANDOVER_MOST, "all at once");

/* Files are made by who owns the spool. */
static int
is_of(int dir, uid_t user)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_uid == user;
}

size_t
spoollend_take(struct spoollend *l, struct spool *s, uid_t to, size_t most)
{
	int fd;

	l->n = 0;
	if (spool_next_id(s) == NULL || !filelock_is_kept(s->dir) ||
	    !is_of(s->dir, to))
		return 0;
	while (l->n < most && l->n < SPOOL_BLANKS &&
	    (fd = spool_blank(s, l->ids[l->n])) != -1)
		l->fds[l->n++] = fd;
	s->added += (unsigned)l->n;
	return l->n;
}

int
spoollend_give(struct spoollend *l, int socket)
{
	struct slice ids = { l->ids[0], l->n * sizeof(l->ids[0]) };
	int rc = handover_give_some(socket, l->fds, l->n, ids);
	size_t i;

	for (i = 0; i < l->n; i++)
		(void)close(l->fds[i]);
	return rc;
}

int
spoollend_receive(struct spool *s, const char *path, size_t n, int socket)
{
	char ids[SPOOL_BLANKS][SPOOL_ID];
	int fds[SPOOL_BLANKS];

	if (n < 1 || n > SPOOL_BLANKS || handover_take_some(socket, fds, n,
	    ids, n * sizeof(ids[0])) == -1)
		return -1;
	spool_borrow(s, path, fds, (const char (*)[SPOOL_ID])ids, n);
	return 0;
}

static void
remove_one(const struct spool *s, const char *id)
{
	struct spool_name name = { .state = SPOOL_NEW };
	struct fail ignored;

	memcpy(name.id, id, SPOOL_ID);
	(void)spool_remove(s, &name, &ignored);
}

void
spoollend_drop(const struct spoollend *l, const struct spool *s,
    const char *id)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->ids[i], id) == 0)
			remove_one(s, id);
}

/* Without a look at its lock: who had that is ending. */
static int
is_unwritten(const struct spool *s, const char *id)
{
	struct spool_name name = { .state = SPOOL_NEW };
	char path[SPOOL_NAME];
	struct spoolfile m;
	struct fail ignored;
	int rc;

	memcpy(name.id, id, SPOOL_ID);
	rc = spoolfile_open(&m, s->dir, spool_path(path, &name), &ignored) ==
	    -1 && m.unwritten &&
	    spoolfile_is_unwritten(&m, &ignored) == 1;
	spoolfile_close(&m);
	return rc;
}

void
spoollend_end(struct spoollend *l, const struct spool *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (is_unwritten(s, l->ids[i]))
			remove_one(s, l->ids[i]);
	l->n = 0;
}
