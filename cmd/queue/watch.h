/* SPDX-License-Identifier: ISC */
/* watch: what comes into the queue while a run waits (-w).  Where the system
 * cannot tell, or another host put it there, it is found by looking again. */
#ifndef WATCH_H
#define WATCH_H

#include "spool.h"

struct watch {
	int fd; /* to be polled; -1: there is none */
	int new, cur;
};

void watch_open(struct watch *w, const struct spool *s);

/* Calls "each" for every message that has come since: 0, or -1 where some may
 * have been missed, so that all is to be looked at. */
int watch_read(const struct watch *w,
    void (*each)(void *ctx, const struct spool_name *name), void *ctx);

void watch_close(struct watch *w);

#endif
