/* SPDX-License-Identifier: ISC */
/*
 * notify: tells the sender what became of a message: by a report (report.h)
 * that goes into the same queue (RFC 3461, RFC 5321, 4.5.5 and 6.1).
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "runner.h"
#include "spoolfile.h"

enum notify_result {
	NOTIFY_FAILED = -1, /* it cannot be queued now: EX_TEMPFAIL */
	NOTIFY_DONE = 0,    /* all was told, or nothing was to be told */
	NOTIFY_NOBODY = 1,  /* nobody is left who could be told: it failed on
			       its way to the postmaster from nobody */
};

/*
 * Tells of the recipients of "m", which is locked, whose results are new and
 * that somebody wants to know of, and of a delay where it is time; and writes
 * that to the journal after the report is in the queue, durably.
 */
enum notify_result notify_sender(const struct runner *r, struct spoolfile *m,
    int64_t now, struct fail *f);

#endif
