/* SPDX-License-Identifier: ISC */
/* timestamp: date and time as protocols write them, 2026-12-01T08:00:00+01:00
 * (RFC 3339). */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include "slice.h"

enum {
	TIMESTAMP_TEXT = 21, /* room for timestamp_format with its NUL */
};

/* Reads "text", all of it; a fraction of a second counts for nothing, a leap
 * second as the one before it.  0 with seconds since 1970 in *when; or -1 with
 * *when untouched: not of that form, no such day, or in UTC before 1970 or
 * after 9999. */
int timestamp_parse(struct slice text, int64_t *when);

/* Writes "when", of the years 1970 to 9999, in UTC: 2026-12-01T07:00:00Z.
 * Returns "out". */
char *timestamp_format(char out[TIMESTAMP_TEXT], int64_t when);

#endif
