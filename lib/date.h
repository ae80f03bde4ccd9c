/* SPDX-License-Identifier: ISC */
/* date: date and time of a message (RFC 5322, 3.3 and 4.3). */
#ifndef DATE_H
#define DATE_H

#include <time.h>

#include "slice.h"

enum {
	DATE_TEXT = 40,	 /* room for date_format with its NUL */
	DATE_WORDS = 56, /* the same for date_words */
};

/* Writes "Mon, 23 Nov 2026 03:53:26 +0100" for "when", in the zone of TZ, and
 * returns "out".  Times before 2 January 1900 and after 30 December 9999 are
 * brought to these. */
char *date_format(char out[DATE_TEXT], time_t when);

/* The same for people: "Monday, 23 November 2026, 03:53 UTC+01:00", or " UTC"
 * alone where the zone is that. */
char *date_words(char out[DATE_WORDS], time_t when);

/*
 * Reads a date-time, also in the obsolete forms (comments, two-digit years,
 * named zones, no day of the week, no seconds; RFC 5322, 4.3), and without a
 * zone.  The day of the week is not compared with the date.  0 with *when, and
 * *zone in minutes east of UTC (0 where it is unknown); or -1, both untouched:
 * it is no date-time, there is no such day, or the year is before 1900.
 */
int date_parse(struct slice text, time_t *when, int *zone);

/* Now; or where SOURCE_DATE_EPOCH is set to a number, that: then the same
 * input gives the same bytes (reproducible-builds.org). */
time_t date_now(void);

/* 1 if SOURCE_DATE_EPOCH is set to a number, else 0. */
int date_fixed(void);

#endif
