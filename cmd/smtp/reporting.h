/* SPDX-License-Identifier: ISC */
/* reporting: hands a report to the program for it; reports.h is what a session
 * sees of it. */
#ifndef REPORTING_H
#define REPORTING_H

#include "addr.h"
#include "conf.h"

struct reporting {
	char sender[ADDR_TEXT]; /* whom it is for */
	int require_tls;	/* the message was sent so (RFC 8689) */
};

/* Runs the program of Reports with the report in "fd" as its input, and waits
 * for it, for up to LIMIT_REPORT_TIME or Filter-Timeout, whichever is shorter:
 * 0, or -1 with EX_TEMPFAIL where it did not take it. */
int reporting_run(const struct conf *conf, const struct reporting *what,
    int fd, struct fail *f);

#endif
