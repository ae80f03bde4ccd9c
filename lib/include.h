/* SPDX-License-Identifier: ISC */
/* include: files of addresses that an alias names by :include:. */
#ifndef INCLUDE_H
#define INCLUDE_H

#include "lines.h"

/*
 * Opens the file "path", which must outlive it, for lines of up to LIMIT_ALIAS
 * bytes.  Nobody but its owner and root may be able to change it: it is an
 * absolute path to a regular file that group and others cannot write, nor the
 * directory that it is in; a directory further up that others can write has
 * the sticky bit, and all of the way, symbolic links too, is root's or the
 * owner's.
 *
 * 0, or -1: EX_CONFIG where that is not so or the file is not there,
 * EX_TEMPFAIL for everything else.  lines_close in any case.
 */
int include_open(struct lines *l, const char *path, struct fail *f);

#endif
