/* SPDX-License-Identifier: ISC */
/* maildircount: how much mail a Maildir and its folders hold. */
#ifndef MAILDIRCOUNT_H
#define MAILDIRCOUNT_H

#include "fail.h"
#include "quota.h"

/* Counts what is in new/ and cur/ of the Maildir "dir" and of each of its
 * folders, by S= of the names or else by the files' sizes; flags do not
 * matter.  0 with u->bytes and u->messages, or -1: EX_TEMPFAIL. */
int maildircount_all(int dir, struct usage *u, struct fail *f);

/* A number that is another one as soon as a message comes or goes; the same
 * results. */
int maildircount_stamp(int dir, uint64_t *stamp, struct fail *f);

#endif
