/* SPDX-License-Identifier: ISC */
/* beside: the other commands of mailpipe, which are where this one is. */
#ifndef BESIDE_H
#define BESIDE_H

#include "fail.h"

/* Becomes the command argv[0] that lies beside this program; where that cannot
 * be told, or it is not there, the one that PATH has.  It returns where that
 * fails: -1 with EX_CONFIG. */
int beside_exec(char *const argv[], struct fail *f);

#endif
