/* SPDX-License-Identifier: ISC */
/* spool: what who adds many messages has ready before they come; see
 * spool.h. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filelock.h"
#include "mem.h"
#include "spool.h"

enum {
	FEW = 8,     /* messages that nothing is made ready for */
	NEST = 1000, /* in one nest: removed ones are in its way, too */
	MOST = 32,   /* blanks at a time */
};

struct spool_blanks {
	size_t n, taken; /* of them */
	int unable;	 /* to make one: no more are tried for */
	struct blank {
		int fd;
		struct spool_name name;
	} p[MOST];
};

const char *
spool_next_id(const struct spool *s)
{
	const struct spool_blanks *b = s->blanks;

	return b != NULL && b->taken < b->n ? b->p[b->taken].name.id : NULL;
}

/* Locked before it has its name, so that nobody finds it without. */
static int
make_blank(const struct spool *s, struct blank *b)
{
	char path[SPOOL_NAME];
	struct fail ignored;
	int named;

	b->name = (struct spool_name){ .state = SPOOL_NEW };
	b->fd = spool_create(s, b->name.id, &named, &ignored);
	if (b->fd == -1)
		return -1;
	if (!named && filelock_take(b->fd, 0, 0) == 0 &&
	    spool_link(s, b->fd, spool_path(path, &b->name)) == 0)
		return 0;
	spool_discard(s, b->fd, named ? b->name.id : NULL);
	return -1;
}

static void
remove_blanks(struct spool *s)
{
	struct spool_blanks *b = s->blanks;
	struct fail ignored;

	if (b == NULL)
		return;
	for (; b->taken < b->n; b->taken++) {
		(void)spool_remove(s, &b->p[b->taken].name, &ignored);
		(void)close(b->p[b->taken].fd);
	}
}

/* As many as there were messages so far, and not too many. */
static void
make_blanks(struct spool *s)
{
	struct spool_blanks *b = s->blanks;
	size_t want = s->added - 1 < MOST ? s->added - 1 : MOST;
	struct fail ignored;

	if (b == NULL)
		b = s->blanks = mem_alloc(sizeof(*b));
	if (b->unable)
		return;
	b->n = b->taken = 0;
	while (b->n < want && make_blank(s, &b->p[b->n]) == 0)
		b->n++;
	b->unable = b->n < want;
	if (spool_sync(s, SPOOL_NEW, &ignored) == -1)
		remove_blanks(s);
}

static void
remove_nest(struct spool *s)
{
	if (s->nest == -1)
		return;
	(void)close(s->nest);
	s->nest = -1;
	nest_remove(s->dir, s->nest_name);
}

static void
make_nest(struct spool *s)
{
	char run[SPOOL_ID];
	struct fail ignored;

	remove_nest(s);
	s->nested = s->added;
	if (nest_pays(s->dir) && spool_new_id(run, &ignored) == 0)
		s->nest = nest_make(s->dir, run, s->nest_name);
}

void
spool_ahead(struct spool *s)
{
	if (s->added++ < FEW || spool_next_id(s) != NULL)
		return;
	if (s->nested == 0 || s->added - s->nested >= NEST)
		make_nest(s);
	make_blanks(s);
}

int
spool_blank(const struct spool *s, char id[SPOOL_ID])
{
	const char *next = spool_next_id(s);

	if (next == NULL)
		return -1;
	memcpy(id, next, SPOOL_ID);
	return s->blanks->p[s->blanks->taken++].fd;
}

void
spool_leave(struct spool *s)
{
	remove_blanks(s);
	free(s->blanks);
	s->blanks = NULL;
	remove_nest(s);
}
