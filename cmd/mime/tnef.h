/* SPDX-License-Identifier: ISC */
/*
 * tnef: winmail.dat, the attachment (application/ms-tnef) in which some
 * programs send all others, taken apart in a process of its own (tnefchild.h).
 */
#ifndef TNEF_H
#define TNEF_H

#include "tnefread.h"

enum {
	TNEF_DEADLINE = 60, /* seconds for all of it: tnefjail.h allows less
			       time of a processor, but that may be busy */
};

/* 1 if a part of that type and (safe) name is one, else 0. */
int tnef_is(struct slice type, struct slice name);

/*
 * Calls "handler" with "ctx" for the files in the regular file "fd", as
 * tnefread.h says.  *wrong is set to NULL, or to a sentence that says why not
 * all of it could be taken apart, as "it is damaged or no TNEF"; that is no
 * failure.  0, or -1: what the handler said, or EX_TEMPFAIL where a signal was
 * noted (stop.h).
 */
int tnef_unpack(int fd, tnef_handler *handler, void *ctx, const char **wrong,
    struct fail *f);

#endif
