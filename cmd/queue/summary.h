/* SPDX-License-Identifier: ISC */
/* summary: how much waits for each domain. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "buf.h"
#include "lookup.h"
#include "showing.h"
#include "spoolfile.h"

struct summary { /* zeroed */
	struct summary_domain *domains;
	size_t n;
	struct lookup by_name; /* in "domains" */
	uint64_t messages;
	struct arena arena;
};

/* Counts the pending recipients of a message. */
void summary_add(struct summary *s, const struct spoolfile *m);

/* Adds a line for each domain to "out", that of the most recipients first. */
void summary_show(struct summary *s, const struct showing *how,
    struct buf *out);

void summary_free(struct summary *s);

#endif
