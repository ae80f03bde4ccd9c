/* SPDX-License-Identifier: ISC */
/* recipients: who a new message goes to, each once. */
#ifndef RECIPIENTS_H
#define RECIPIENTS_H

#include "conf.h"
#include "lookup.h"
#include "spoolnew.h"

struct recipients { /* zeroed: nobody */
	struct spool_to *to;
	size_t n;
	struct lookup by_address; /* in "to" */
	unsigned notify; /* of all; a set of spool_notify */
	struct slice original; /* of all, as in spool_to; borrowed */
	const struct conf *conf; /* whose users are here; NULL: not known */
	struct arena arena;
};

/*
 * Adds "address", a mailbox or a local-part alone, with the A-labels of its
 * domain, unless it is there: letter case counts in the local-part of an
 * address elsewhere alone, and a user here is the same with the first of our
 * domains, or the name of this host, and without.  The first one stays as it
 * was given.  0, or -1: EX_DATAERR (it is no address, or there
 * would be more than LIMIT_SPOOL_RECIPIENTS), or as addr_to_ascii.
 */
int recipients_add(struct recipients *r, struct slice address,
    struct fail *f);

/* The same for every line of the file "path". */
int recipients_read(struct recipients *r, const char *path, struct fail *f);

void recipients_free(struct recipients *r);

#endif
