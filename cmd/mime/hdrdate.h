/* SPDX-License-Identifier: ISC */
/* hdrdate: the date of a header field as RFC 3339 writes it. */
#ifndef HDRDATE_H
#define HDRDATE_H

#include "slice.h"

enum {
	HDRDATE_TEXT = 80, /* room for hdrdate_format with its NUL */
};

/*
 * Writes "2026-11-23T03:53:26+01:00" for the date-time in "value", in its own
 * zone; +00:00 where that is unknown.  Where "value" is more than a date-time,
 * as in Received, it is what stands behind the last semicolon (RFC 5322,
 * 3.6.7).  0; or -1 where none can be read (see date.h) or its zone is a day
 * or more.
 */
int hdrdate_format(struct slice value, char out[HDRDATE_TEXT]);

#endif
