/* SPDX-License-Identifier: ISC */
/*
 * stscache: policies that were fetched: a file for each domain, named after
 * it, in one directory.  mta-sts(1), FILES, has its form.
 *
 * It is only a cache: all of it can be deleted at any time, and what cannot be
 * read is not there.  What another user but root owns, or others may write to,
 * is not believed.
 */
#ifndef STSCACHE_H
#define STSCACHE_H

#include "stspolicy.h"

struct stscache_entry {
	char id[STSPOLICY_ID + 1];
	int64_t fetched;   /* seconds since 1970; 0: nothing was */
	int64_t expires;   /* the policy counts until then */
	int64_t tried;	   /* the last time that it could not be fetched; 0 */
	char why[256];	   /* and why */
	struct stspolicy policy; /* of "text" */
	size_t n;	   /* bytes of it */
	char text[STSPOLICY_TEXT];
};

/*
 * Opens the directory "path", which is made where it is not there and "make" is
 * set, together with what is above it, with the mode "mode".  A descriptor, or
 * -1 with EX_CONFIG.
 */
int stscache_open(const char *path, int make, unsigned mode, struct fail *f);

/* Reads what is known of "domain", which stscache_is_domain: 1; 0 where that
 * is nothing, with f->class set where a file is not believed. */
int stscache_load(int dir, const char *domain, struct stscache_entry *e,
    struct fail *f);

/* Keeps it in place of what was there: whoever reads sees the one or the other.
 * 0, or -1 with EX_CANTCREAT. */
int stscache_save(int dir, const char *domain, const struct stscache_entry *e,
    struct fail *f);

/* 1 where "name" is a domain in lower case, of which a host's name can be made
 * and a file's: letters, digits, hyphens and underscores in labels. */
int stscache_is_domain(struct slice name);

#endif
