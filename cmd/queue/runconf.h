/* SPDX-License-Identifier: ISC */
/* runconf: what a run goes by, the configuration and the queue that it names:
 * read at its start, and looked at before it begins anew. */
#ifndef RUNCONF_H
#define RUNCONF_H

#include "conf.h"
#include "spool.h"

/*
 * Reads the configuration, as conf_load, and opens its queue.  0, or -1: as
 * conf_load, unprivileged_prepare and spool_open, and EX_CONFIG where
 * transports could not be told the path of the queue.  conf_free and
 * spool_close in any case, of what is zeroed but spool->dir, which is -1.
 */
int runconf_open(struct conf *conf, struct spool *spool, const char *path,
    struct fail *f);

/* Could a run begin by what is configured now?  1, or 0 with "f".  Of "conf",
 * by which this one goes, nothing changes. */
int runconf_is_good(const struct conf *conf, const char *path, struct fail *f);

#endif
