/* SPDX-License-Identifier: ISC */
/* filters: the programs that a message goes through before it is stored. */
#ifndef FILTERS_H
#define FILTERS_H

#include "filtering.h"
#include "output.h"
#include "session.h"

/* A message on its way through them.  Without filters it goes straight into
 * the store. */
struct filters {
	struct session *session;
	const char *id;
	int fd; /* the message, in a file without a name; -1: no filters */
	struct output out;
	struct filtering_result result;
};

/* Begins a message: 0, or -1 (assistant.h).  filters_end in any case. */
int filters_begin(struct filters *t, struct session *s, const char *id,
    struct fail *f);

void filters_put(struct filters *t, struct slice bytes);

/* Runs them in turn and stores what comes out: NULL, or the reply that refuses
 * the message, which lives as long as "t". */
const char *filters_run(struct filters *t);

void filters_end(struct filters *t);

#endif
