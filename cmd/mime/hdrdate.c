/* SPDX-License-Identifier: ISC */
/* hdrdate: the date of a field as RFC 3339 writes it; see hdrdate.h. */

#include <stdio.h>
#include <stdlib.h>

#include "date.h"
#include "hdrdate.h"

enum { DAY = 1440 }; /* minutes */

static int
read_date(struct slice value, time_t *when, int *zone)
{
	struct slice before;

	if (date_parse(value, when, zone) == 0)
		return 0;
	if (!slice_until(&value, ';', &before))
		return -1;
	while (slice_until(&value, ';', &before))
		;
	return date_parse(before, when, zone);
}

int
hdrdate_format(struct slice value, char out[HDRDATE_TEXT])
{
	struct tm tm = { 0 };
	time_t when;
	int zone, away;

	if (read_date(value, &when, &zone) == -1 || abs(zone) >= DAY)
		return -1;
	away = abs(zone);
	when += (time_t)zone * 60;
	(void)gmtime_r(&when, &tm);
	(void)snprintf(out, HDRDATE_TEXT,
	    "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', away / 60 % 100, away % 60);
	return 0;
}
