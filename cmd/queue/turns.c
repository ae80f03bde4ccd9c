/* SPDX-License-Identifier: ISC */
/* turns: which transports serve whom, and how many; see turns.h. */

#include "turns.h"

/* The lane that one more transport of the hop may serve.  A user whose program
 * takes long, or may, has one alone. */
static struct lane *
next_lane(const struct dispatch *d, const struct hop *hop, uint64_t now)
{
	uint64_t since = hop->kind == NEXTHOP_LOCAL && now > TURNS_STUCK ?
	    now - TURNS_STUCK : 0;

	return lanes_next(&hop->lanes, d->runner->options->per_hop, since, now);
}

void
turns_leave(struct transport *t)
{
	if (t->lane != NULL)
		lanes_leave(&t->hop->lanes, t->lane);
	t->lane = NULL;
}

void
turns_change(const struct dispatch *d, struct transport *t, uint64_t now)
{
	turns_leave(t);
	if ((t->lane = next_lane(d, t->hop, now)) == NULL)
		return;
	lanes_enter(&t->hop->lanes, t->lane);
	t->given = 0;
}

/* Whose turn is over comes again after all others that wait. */
int
turns_has(const struct transport *t, uint64_t now)
{
	const struct lane *lane = t->lane;

	return lane != NULL && lane->first != NULL &&
	    (lane->first->tries == 0 || lane->later <= now) &&
	    (t->given < TRANSPORT_AHEAD ||
	    (t->hop->lanes.first == lane && lane->after == NULL));
}

/* Those that did nothing for a while. */
static unsigned
count_stuck(const struct dispatch *d, const struct hop *hop, uint64_t now)
{
	const struct transport *t = d->transports;
	unsigned count = 0, i;

	for (i = 0; i < d->runner->options->processes; i++, t++)
		count += t->pid != 0 && t->hop == hop && t->nflight > 0 &&
		    now >= t->progress + TURNS_STUCK;
	return count;
}

/* Whatever users do, half of the processes are for other hosts; but one user
 * may have -C of them. */
int
turns_may_start(const struct dispatch *d, const struct hop *hop, uint64_t now)
{
	const struct options *o = d->runner->options;
	unsigned moving = hop->running;

	if (hop->kind == NEXTHOP_LOCAL && moving > 0) {
		if (moving > o->per_hop && moving >= o->processes / 2)
			return 0;
		moving -= count_stuck(d, hop, now);
	}
	return (moving == 0 || (moving < o->per_hop &&
	    hop->waiting >= TRANSPORT_AHEAD)) &&
	    next_lane(d, hop, now) != NULL;
}
