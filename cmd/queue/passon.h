/* SPDX-License-Identifier: ISC */
/* passon: a message given to the queue (mailq-add), for addresses that it is
 * forwarded to. */
#ifndef PASSON_H
#define PASSON_H

#include "fail.h"
#include "spool.h"

struct passon {
	int message;		    /* a file, from the start */
	const char *sender;	    /* "" for none, which stays none */
	const char *notify, *ret;   /* as in delivery.h */
	const char *original;	    /* whom it was for; as -O of mailq-add */
	const struct slice *addresses;
	size_t n;
	char id[SPOOL_ID]; /* set by passon_give: what the queue calls it, the
			      first where it is several messages there; or
			      "", as it was not told */
};

/* Runs mailq-add, which stands beside our own program or else is in PATH: 0
 * where the message is durably in the queue, for all of them; or -1 with
 * EX_TEMPFAIL, or with EX_UNAVAILABLE where the message is refused. */
int passon_give(struct passon *p, struct fail *f);

#endif
