/* SPDX-License-Identifier: ISC */
/* names: the names of messages of the queue; see names.h. */

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "mem.h"
#include "names.h"
#include "text.h"
#include "window.h"

struct reading {
	struct names *names;
	const struct patterns *patterns;
	int ids;
};

static int
take(void *ctx, const struct spool_name *name, struct fail *f)
{
	struct reading *r = ctx;
	struct names *names = r->names;

	(void)f;
	if (r->ids && !patterns_match_id(r->patterns, name->id))
		return 0;
	names->p = mem_grow(names->p, names->n, sizeof(*names->p));
	names->p[names->n++] = *name;
	return 0;
}

static int
by_due(const void *a, const void *b)
{
	return window_compare(WINDOW_BY_DUE, a, b);
}

int
names_read(struct names *names, const struct spool *s, unsigned states,
    const struct patterns *patterns, struct fail *f)
{
	struct reading r = { names, patterns, patterns_are_ids(patterns) };

	memset(names, 0, sizeof(*names));
	if (spool_each(s, states, take, &r, f) == -1)
		return -1;
	if (names->n > 1)
		qsort(names->p, names->n, sizeof(*names->p), by_due);
	return 0;
}

int
names_missing(const struct patterns *p, const char *why)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->nids; i++)
		if (!p->seen[i]) {
			cli_warn("%s: %s", p->ids[i], why);
			rc = 1;
		}
	return rc;
}

int
names_unused(const struct patterns *p, const char *why)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->nothers; i++)
		if (!p->used[i]) {
			cli_warn("%s: %s", TEXT_SHOW(slice_str(p->others[i])),
			    why);
			rc = 1;
		}
	return rc;
}

void
names_free(struct names *names)
{
	free(names->p);
	memset(names, 0, sizeof(*names));
}
