/* SPDX-License-Identifier: ISC */
/* names: the names of messages of the queue, in the order in which they are
 * due. */
#ifndef NAMES_H
#define NAMES_H

#include "pattern.h"

struct names { /* zeroed */
	struct spool_name *p;
	size_t n;
};

/* All messages of the states of the set "states" (1 << state) but, where all
 * patterns are ids, others.  0, or -1 as spool_each.  names_free in any case.
 */
int names_read(struct names *names, const struct spool *s, unsigned states,
    const struct patterns *patterns, struct fail *f);

/* Tells of each id that was not seen that it is none: 1 where there is one. */
int names_missing(const struct patterns *p, const char *why);

/* The same of each other pattern that was not used. */
int names_unused(const struct patterns *p, const char *why);

void names_free(struct names *names);

#endif
