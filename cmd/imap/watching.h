/* SPDX-License-Identifier: ISC */
/* watching: what the parts of watch have in common: for watch*.c alone. */
#ifndef WATCHING_H
#define WATCHING_H

#include "watch.h"

enum { /* w->asked */
	ASKED_UIDS = 1,	   /* SEARCH */
	ASKED_ALL = 2,	   /* FETCH of all: what was not known is no change */
	ASKED_QUIETLY = 4, /* what is there is no event */
	ASKED_BEGIN = 8,   /* numbers are those of the server's messages, which
			      are not the known ones yet */
};

/* Tells it, unless it is no event. */
void watch_tell(struct watch *w, enum watch_event event, uint32_t uid,
    struct slice flags);

/* Forgets a message, and tells that it is gone. */
void watch_drop(struct watch *w, uint32_t uid);

#endif
