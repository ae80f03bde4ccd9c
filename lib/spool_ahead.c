/* SPDX-License-Identifier: ISC */
/* spool: what who adds many messages has ready before they come; see
 * spool.h. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "spool.h"

enum {
	FEW = 8,     /* messages that nothing is made ready for */
	NEST = 1000, /* in one nest: removed ones are in its way, too */
};

struct spool_blanks {
	size_t n, taken; /* of them */
	int unable;	 /* to make one: no more are tried for */
	struct blank {
		int fd;
		char id[SPOOL_ID];
	} p[SPOOL_BLANKS];
};

const char *
spool_next_id(const struct spool *s)
{
	const struct spool_blanks *b = s->blanks;

	return b != NULL && b->taken < b->n ? b->p[b->taken].id : NULL;
}

static void
remove_blanks(struct spool *s)
{
	struct spool_name name = { .state = SPOOL_NEW };
	struct spool_blanks *b = s->blanks;
	struct fail ignored;

	if (b == NULL)
		return;
	for (; b->taken < b->n; b->taken++) {
		memcpy(name.id, b->p[b->taken].id, SPOOL_ID);
		if (s->dir != -1)
			(void)spool_remove(s, &name, &ignored);
		(void)close(b->p[b->taken].fd);
	}
}

static struct spool_blanks *
blanks_of(struct spool *s)
{
	if (s->blanks == NULL)
		s->blanks = mem_alloc(sizeof(*s->blanks));
	return s->blanks;
}

/* As many as there were messages so far, and not too many. */
static void
make_blanks(struct spool *s)
{
	struct spool_blanks *b = blanks_of(s);
	size_t want = s->added - 1 < SPOOL_BLANKS ? s->added - 1 :
	    SPOOL_BLANKS;
	struct fail ignored;

	if (b->unable)
		return;
	for (b->n = b->taken = 0; b->n < want; b->n++) {
		struct blank *new = &b->p[b->n];

		new->fd = spool_create_blank(s, new->id, &ignored);
		if (new->fd == -1)
			break;
	}
	b->unable = b->n < want;
	if (spool_sync_blanks(s) == -1)
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
spool_borrow(struct spool *s, const char *path, const int *fds,
    const char (*ids)[SPOOL_ID], size_t n)
{
	struct spool_blanks *b = blanks_of(s);

	if (s->path == NULL) {
		s->path = mem_str(slice_str(path));
		s->dir = s->nest = -1;
	}
	for (b->n = b->taken = 0; b->n < n && b->n < SPOOL_BLANKS; b->n++) {
		b->p[b->n].fd = fds[b->n];
		memcpy(b->p[b->n].id, ids[b->n], SPOOL_ID);
	}
}

void
spool_leave(struct spool *s)
{
	remove_blanks(s);
	free(s->blanks);
	s->blanks = NULL;
	remove_nest(s);
}
