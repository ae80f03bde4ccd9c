/* SPDX-License-Identifier: ISC */
/* scratch: temporary files that have no name, and go with the descriptor. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "fail.h"

/* A new file in $TMPDIR (/tmp), to be read and written: a descriptor, or -1
 * with EX_CANTCREAT. */
int scratch_open(struct fail *f);

/* One with all that can be read from "from", to be read from its start: a
 * descriptor, or -1 with EX_CANTCREAT, EX_TEMPFAIL (it cannot be written), or
 * EX_IOERR with what "name" calls the other. */
int scratch_copy(int from, const char *name, struct fail *f);

#endif
