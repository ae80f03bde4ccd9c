/* SPDX-License-Identifier: ISC */
/* backoff: when a message is tried again; see backoff.h. */

#include "backoff.h"

int64_t
backoff_after(unsigned attempts, uint32_t random)
{
	int64_t wait = attempts == 0 ? BACKOFF_AGAIN : BACKOFF_FIRST;
	unsigned i;

	for (i = 1; i < attempts && wait < BACKOFF_MOST; i++)
		wait *= 2;
	if (wait > BACKOFF_MOST)
		wait = BACKOFF_MOST;
	return wait - wait / 10 + random % (wait / 5 + 1);
}

int
backoff_due(const struct spool_name *name, int64_t now)
{
	return name->due <= now || (name->state == SPOOL_CUR &&
	    name->due - now > BACKOFF_MOST + BACKOFF_MOST / 10);
}
