/* SPDX-License-Identifier: ISC */
/* outcomes: what became of a message for each recipient; see outcomes.h. */

#include <stdlib.h>

#include "mem.h"
#include "outcomes.h"

void
outcomes_place(struct outcomes *o, size_t owner)
{
	o->places = mem_grow(o->places, o->nplaces, sizeof(*o->places));
	o->places[o->nplaces].recipient = o->recipients;
	o->places[o->nplaces++].owner = owner;
}

void
outcomes_accept(struct outcomes *o)
{
	o->recipients++;
}

void
outcomes_fail(struct outcomes *o, size_t owner, const struct fail *f)
{
	while (owner >= o->nfails) {
		o->fails = mem_grow(o->fails, o->nfails, sizeof(*o->fails));
		o->fails[o->nfails++] = (struct fail){ 0 };
	}
	o->fails[owner] = *f;
}

int
outcomes_get(const struct outcomes *o, size_t i, struct fail *f)
{
	size_t n;

	if (i >= o->recipients)
		return fail_set(f, EX_SOFTWARE, "there is no such recipient");
	for (n = 0; n < o->nplaces; n++) {
		const struct outcome_place *p = &o->places[n];

		if (p->recipient == i && p->owner < o->nfails &&
		    o->fails[p->owner].class != 0) {
			*f = o->fails[p->owner];
			return -1;
		}
	}
	return 0;
}

void
outcomes_clear(struct outcomes *o)
{
	free(o->places);
	free(o->fails);
	*o = (struct outcomes){ 0 };
}
