/* SPDX-License-Identifier: ISC */
/* searchdate: days, as searches have them (RFC 9051, 9: date): 26-Nov-2026. */
#ifndef SEARCHDATE_H
#define SEARCHDATE_H

#include <time.h>

#include "slice.h"

enum { SEARCHDATE = 12 }; /* room for 31-Dec-2026 and a NUL */

/* Reads 2026-11-26, or 26-Nov-2026: 0, or -1 where it is no day that there
 * is. */
int searchdate_read(struct slice text, char date[SEARCHDATE]);

/* The day that was "days" before "now", where we are: 0, or -1 where its year
 * has not four digits. */
int searchdate_ago(time_t now, int days, char date[SEARCHDATE]);

#endif
