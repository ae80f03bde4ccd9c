/* SPDX-License-Identifier: ISC */
/*
 * crowd: how many connections each address has, where one process accepts
 * them and others serve them.
 *
 * The memory is shared with the processes that are made after crowd_open.  Each
 * of them has a place of its own, and says there for whom it works: so nothing
 * is left of one that is killed when its place is given to the next.
 */
#ifndef CROWD_H
#define CROWD_H

#include <stdint.h>

#include "fail.h"

struct crowd;

/* With so many places, from 0 on, which are all empty.  NULL: EX_TEMPFAIL. */
struct crowd *crowd_open(unsigned places, struct fail *f);

void crowd_close(struct crowd **c);

/* Who is at that place, as "network" of struct peer; 0: nobody who counts. */
void crowd_set(struct crowd *c, unsigned place, uint64_t network);

/* How many places "network", which is not 0, has. */
unsigned crowd_count(const struct crowd *c, uint64_t network);

#endif
