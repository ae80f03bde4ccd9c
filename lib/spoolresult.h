/* SPDX-License-Identifier: ISC */
/*
 * spoolresult: what a transport of the queue says of the recipients that it was
 * given (mailpipe-queue(5), "Transports"): lines PATH TAB and an entry of the
 * journal without its time.  They are put into "out", which is not flushed.
 */
#ifndef SPOOLRESULT_H
#define SPOOLRESULT_H

#include "output.h"
#include "spoolfile.h"

/* "path" as it was given. */
void spoolresult_put(struct output *out, const char *path,
    const struct spool_entry *e);

/* A message that cannot be opened, by the class of "f": EX_DATAERR fails for
 * good, EX_NOINPUT is busy, all else is deferred. */
void spoolresult_unopened(struct output *out, const char *path,
    const struct fail *f);

/* A recipient, or with 0 all that were asked for, that is not tried: busy. */
void spoolresult_untried(struct output *out, const char *path, size_t number,
    const char *why);

/* One whom another has settled: the last line of the journal about it; busy
 * where that cannot be read. */
void spoolresult_settled(struct output *out, const struct spoolfile *file,
    size_t number);

/* -1 with EX_USAGE: the line that was given is none. */
int spoolresult_bad_line(const char *line, struct fail *f);

#endif
