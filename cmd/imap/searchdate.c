/* SPDX-License-Identifier: ISC */
/* searchdate: days, as searches have them; see searchdate.h. */

#include <stdio.h>

#include "searchdate.h"

static int
days_of(unsigned year, unsigned month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month] + (month == 1 && year % 4 == 0 &&
	    (year % 100 != 0 || year % 400 == 0));
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* 0 up to 11: by its number or its English name, or -1. */
static int
read_month(struct slice text)
{
	uint64_t n;
	int i;

	if (text.n == 2 && slice_uint(text, 1, 12, &n) == 0)
		return (int)n - 1;
	for (i = 0; i < 12; i++)
		if (slice_caseeq(text, slice_str(months[i])))
			return i;
	return -1;
}

int
searchdate_read(struct slice text, char date[SEARCHDATE])
{
	struct slice first, middle;
	uint64_t year, day;
	int month;

	if (!slice_until(&text, '-', &first) ||
	    !slice_until(&text, '-', &middle) ||
	    (month = read_month(middle)) == -1)
		return -1;
	if (first.n != 4) {
		struct slice swap = first;

		first = text;
		text = swap;
	}
	if (first.n != 4 || slice_uint(first, 1, 9999, &year) == -1 ||
	    text.n > 2 || slice_uint(text, 1,
	    (uint64_t)days_of((unsigned)year, (unsigned)month), &day) == -1)
		return -1;
	(void)snprintf(date, SEARCHDATE, "%u-%s-%04u", (unsigned)day % 32,
	    months[month], (unsigned)year % 10000);
	return 0;
}

int
searchdate_ago(time_t now, int days, char date[SEARCHDATE])
{
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL)
		return -1;
	tm.tm_mday -= days;
	tm.tm_hour = 12;
	tm.tm_isdst = -1;
	if (mktime(&tm) == -1 || tm.tm_year < -900 || tm.tm_year > 8099)
		return -1;
	(void)snprintf(date, SEARCHDATE, "%d-%s-%04d", tm.tm_mday % 32,
	    months[tm.tm_mon % 12], (tm.tm_year + 1900) % 10000);
	return 0;
}
