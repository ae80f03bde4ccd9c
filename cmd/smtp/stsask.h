/* SPDX-License-Identifier: ISC */
/* stsask: what mta-sts(1) says of a domain: whether its mail servers are to be
 * verified, and what their names are. */
#ifndef STSASK_H
#define STSASK_H

#include "buf.h"
#include "fail.h"
#include "stspolicy.h"

enum stsask_use {
	STSASK_FOUND, /* where it is beside this program */
	STSASK_YES,   /* it has to be there */
	STSASK_NO,
};

struct stsask { /* zeroed */
	enum stsask_use use;	/* set by the caller */
	const char *nameserver; /* NULL: as it is configured */
	int trace;		/* what it says is shown */
	enum stspolicy_mode mode;
	struct buf patterns;	/* words */
};

/* Asks for the policy of "domain": 0, with STSPOLICY_NONE also where none can
 * be had; -1 with EX_TEMPFAIL where there is no answer, EX_CONFIG where it is
 * not there and has to be.  stsask_free in any case. */
int stsask_run(struct stsask *a, const char *domain, struct fail *f);

/* 1 where a pattern of the policy is the host's. */
int stsask_matches(const struct stsask *a, const char *host);

void stsask_free(struct stsask *a);

#endif
