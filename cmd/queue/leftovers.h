/* SPDX-License-Identifier: ISC */
/* leftovers: what a crash left in tmp/ of the queue: files that need a name
 * while they are written, and directories in which they have none (nest.h). */
#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include "spool.h"

/* Removes from tmp/ the files with names of ours to which nobody wrote for 36
 * hours, as who reads a Maildir does, and nests as old; they were never
 * acknowledged.  0, or -1 with EX_TEMPFAIL. */
int leftovers_remove(const struct spool *s, struct fail *f);

#endif
