/* SPDX-License-Identifier: ISC */
/* timestamp: RFC 3339; see timestamp.h. */

#include <stdio.h>

#include "timestamp.h"

#define LATEST INT64_C(253402300799) /* the last second of 9999 */

static const uint64_t month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	30, 31 };

static int
is_leap(uint64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint64_t
days_of(uint64_t year, uint64_t month)
{
	return month_days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970 to the first of January of a year. */
static uint64_t
days_before(uint64_t year)
{
	uint64_t y = year - 1;

	return 365 * (year - 1970) + (y / 4 - y / 100 + y / 400) -
	    (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Takes "n" digits and, unless it is '\0', what is to follow them. */
static int
take(struct slice *s, size_t n, int after, uint64_t *out)
{
	struct slice digits;

	if (slice_take(s, n, &digits) == -1 ||
	    slice_uint(digits, 0, UINT64_MAX, out) == -1)
		return -1;
	return after == '\0' || slice_lower(slice_getc(s)) == after ? 0 : -1;
}

/* Takes a fraction, which may not be there. */
static int
skip_fraction(struct slice *s)
{
	size_t n = 0;

	if (slice_peek(*s) != '.')
		return 0;
	(void)slice_getc(s);
	while (slice_peek(*s) >= '0' && slice_peek(*s) <= '9') {
		(void)slice_getc(s);
		n++;
	}
	return n == 0 ? -1 : 0;
}

/* Takes the zone: seconds east of UTC. */
static int
take_zone(struct slice *s, int64_t *east)
{
	uint64_t hours, minutes;
	int sign = slice_getc(s);

	*east = 0;
	if (slice_lower(sign) == 'z')
		return 0;
	if ((sign != '+' && sign != '-') || take(s, 2, ':', &hours) == -1 ||
	    take(s, 2, '\0', &minutes) == -1 || hours > 23 || minutes > 59)
		return -1;
	*east = (int64_t)(hours * 3600 + minutes * 60);
	if (sign == '-')
		*east = -*east;
	return 0;
}

int
timestamp_parse(struct slice text, int64_t *when)
{
	uint64_t year, month, day, hour, minute, second, days, m;
	int64_t east, t;

	if (take(&text, 4, '-', &year) == -1 ||
	    take(&text, 2, '-', &month) == -1 ||
	    take(&text, 2, 't', &day) == -1 ||
	    take(&text, 2, ':', &hour) == -1 ||
	    take(&text, 2, ':', &minute) == -1 ||
	    take(&text, 2, '\0', &second) == -1 ||
	    skip_fraction(&text) == -1 || take_zone(&text, &east) == -1 ||
	    text.n > 0)
		return -1;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month) || hour > 23 || minute > 59 ||
	    second > 60)
		return -1;
	days = days_before(year) + day - 1;
	for (m = 1; m < month; m++)
		days += days_of(year, m);
	if (second == 60)
		second = 59;
	t = (int64_t)(days * 86400 + hour * 3600 + minute * 60 + second) - east;
	if (t < 0 || t > LATEST)
		return -1;
	*when = t;
	return 0;
}

char *
timestamp_format(char out[TIMESTAMP_TEXT], int64_t when)
{
	uint64_t t = when < 0 ? 0 : (uint64_t)when, days = t / 86400;
	uint64_t year = 1970, month = 1;

	while (days >= 365 + (uint64_t)is_leap(year))
		days -= 365 + (uint64_t)is_leap(year++);
	while (days >= days_of(year, month))
		days -= days_of(year, month++);
	(void)snprintf(out, TIMESTAMP_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)(year % 10000), (unsigned)(month % 100),
	    (unsigned)((days + 1) % 100), (unsigned)(t / 3600 % 24),
	    (unsigned)(t / 60 % 60), (unsigned)(t % 60));
	return out;
}
