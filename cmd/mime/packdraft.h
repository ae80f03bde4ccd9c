/* SPDX-License-Identifier: ISC */
/* packdraft: header fields of a file, for a new message. */
#ifndef PACKDRAFT_H
#define PACKDRAFT_H

#include "packhead.h"

/*
 * Adds the fields of the file "path" ("-" is standard input), up to an empty
 * line or its end, to h->fields: their values unfolded, bytes as they are.
 * Left out are those that an option of "h" gives instead, and address fields
 * without a value, as drafts have them.
 *
 * 0, or -1: EX_DATAERR, with the number of the line, where one is no field;
 * what headfile_open said.
 */
int packdraft_read(struct packhead *h, const char *path, struct fail *f);

#endif
