/* SPDX-License-Identifier: ISC */
/* beside: the other commands of mailpipe, which are where this one is. */
#ifndef BESIDE_H
#define BESIDE_H

#include "fail.h"

enum { BESIDE_PATH = 4096 };

/* Writes the path of the command "name" beside the program that runs: 1.  Where
 * there is none that can be run, "name", which is looked for in PATH: 0. */
int beside_find(char out[BESIDE_PATH], const char *name);

/* Becomes that command, with the arguments "argv", of which the first is its
 * name.  It returns where that fails: -1 with EX_CONFIG. */
int beside_exec(char *const argv[], struct fail *f);

#endif
