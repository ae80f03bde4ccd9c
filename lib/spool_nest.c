/* SPDX-License-Identifier: ISC */
/* spool: where who adds many messages makes their files; see spool.h. */

#include <unistd.h>

#include "spool.h"

enum {
	FEW = 8,     /* messages that are not worth its making */
	MOST = 1000, /* in one: removed ones are in its way, too */
};

void
spool_nest(struct spool *s)
{
	char run[SPOOL_ID];
	struct fail ignored;

	if (s->added++ < FEW || (s->added - FEW) % MOST != 1)
		return;
	spool_leave(s);
	if (nest_pays(s->dir) && spool_new_id(run, &ignored) == 0)
		s->nest = nest_make(s->dir, run, s->nest_name);
}

void
spool_leave(struct spool *s)
{
	if (s->nest == -1)
		return;
	(void)close(s->nest);
	s->nest = -1;
	nest_remove(s->dir, s->nest_name);
}
