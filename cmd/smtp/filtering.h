/* SPDX-License-Identifier: ISC */
/* filtering: runs the programs that a message goes through; filters.h is what a
 * session sees of it. */
#ifndef FILTERING_H
#define FILTERING_H

#include "conf.h"
#include "slice.h"

struct filtering_result {
	char reply[400]; /* that refuses the message; "": it may go on */
	char log[600];	 /* what to say of that, or "" */
	int written;	 /* the message is in another file now */
};

/*
 * Runs the filters of "conf" in turn over the message in *fd; where they write
 * something *fd is closed, and becomes another file that has it.  "envelope"
 * has SENDER, RECIPIENTS, REMOTE_ADDR, HELO, AUTH_USER and REQUIRETLS, a NUL
 * behind each.
 */
void filtering_run(const struct conf *conf, struct slice envelope, int *fd,
    struct filtering_result *r);

/* The result where they cannot be run, for the reason in "f". */
void filtering_fail(struct filtering_result *r, const struct fail *f);

#endif
