/* SPDX-License-Identifier: ISC */
/* examine: what a server says of itself, and what its TLS is. */
#ifndef EXAMINE_H
#define EXAMINE_H

#include "batch.h"
#include "output.h"

/* Connects as "b" says, in TLS where it is offered, says QUIT, and writes what
 * was seen, as columns or as JSON.  Nobody logs in.  0, or -1 as batch_connect
 * has it; what was seen until then is written all the same. */
int examine(struct batch *b, int as_json, struct output *out, struct fail *f);

#endif
