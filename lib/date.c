/* SPDX-License-Identifier: ISC */
/* date: date-time of RFC 5322, written in its modern form and read in all; see
 * date.h.  Nothing here depends on the locale. */

#include <stdio.h>
#include <stdlib.h>

#include "date.h"
#include "hdr.h"

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum { DAY = 86400 };

/* The first of 1900 and the last of 9999, a day off for the zone. */
static const int64_t earliest = INT64_C(-2208988800) + DAY;
static const int64_t latest = INT64_C(253402300799) - DAY;

/* "when" in the zone of TZ, and how many minutes that is from UTC. */
static struct tm
local_time(time_t when, unsigned long *minutes)
{
	struct tm tm = { 0 };

	if (when < earliest)
		when = (time_t)earliest;
	if (when > latest)
		when = (time_t)latest;
	(void)localtime_r(&when, &tm);
	*minutes = (unsigned long)labs(tm.tm_gmtoff) / 60;
	return tm;
}

char *
date_format(char out[DATE_TEXT], time_t when)
{
	unsigned long east;
	struct tm tm = local_time(when, &east);

	(void)snprintf(out, DATE_TEXT,
	    "%.3s, %02d %.3s %04d %02d:%02d:%02d %c%02lu%02lu",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    tm.tm_gmtoff < 0 ? '-' : '+', east / 60 % 100, east % 60);
	return out;
}

char *
date_words(char out[DATE_WORDS], time_t when)
{
	static const char *const day[] = { "Sunday", "Monday", "Tuesday",
		"Wednesday", "Thursday", "Friday", "Saturday" };
	static const char *const month[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	unsigned long east;
	struct tm tm = local_time(when, &east);
	int n = snprintf(out, DATE_WORDS, "%s, %d %s %d, %02d:%02d UTC",
	    day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min);

	if (east != 0)
		(void)snprintf(out + n, DATE_WORDS - (size_t)n,
		    "%c%02lu:%02lu", tm.tm_gmtoff < 0 ? '-' : '+',
		    east / 60 % 100, east % 60);
	return out;
}

/* What was read; "year" as it stands. */
struct parts {
	uint64_t day, month, year, hour, minute, second;
	size_t year_digits;
	int zone; /* minutes east */
};

/* Takes a number of "least" to "most" digits: how many, or 0. */
static size_t
take_number(struct slice *s, size_t least, size_t most, uint64_t *out)
{
	struct slice digits;
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (n < least || n > most ||
	    slice_uint(slice_sub(*s, 0, n), 0, 99999, out) == -1)
		return 0;
	(void)slice_take(s, n, &digits);
	(void)hdr_skip_cfws(s);
	return n;
}

static struct slice
take_letters(struct slice *s)
{
	struct slice letters;
	size_t n = 0;

	while (n < s->n && slice_lower((unsigned char)s->p[n]) >= 'a' &&
	    slice_lower((unsigned char)s->p[n]) <= 'z')
		n++;
	(void)slice_take(s, n, &letters);
	(void)hdr_skip_cfws(s);
	return letters;
}

/* The place of the name "s" among "names", from 1; 0 where it is none. */
static uint64_t
find_name(struct slice s, const char *names)
{
	struct slice rest = slice_str(names), name;
	uint64_t i;

	for (i = 1; slice_take(&rest, 3, &name) == 0; i++)
		if (slice_caseeq(name, s))
			return i;
	return 0;
}

static int
parse_day(struct slice *s, struct parts *p)
{
	struct slice name;

	(void)hdr_skip_cfws(s);
	name = take_letters(s);
	if (name.n > 0 && find_name(name, days) == 0)
		return -1;
	if (name.n > 0 && slice_peek(*s) == ',')
		(void)slice_getc(s);
	(void)hdr_skip_cfws(s);
	if (take_number(s, 1, 2, &p->day) == 0)
		return -1;
	p->month = find_name(take_letters(s), months);
	p->year_digits = take_number(s, 2, 4, &p->year);
	return p->month == 0 || p->year_digits == 0 ? -1 : 0;
}

static int
take_colon(struct slice *s)
{
	if (slice_peek(*s) != ':')
		return 0;
	(void)slice_getc(s);
	(void)hdr_skip_cfws(s);
	return 1;
}

static int
parse_time(struct slice *s, struct parts *p)
{
	if (take_number(s, 1, 2, &p->hour) == 0 || !take_colon(s) ||
	    take_number(s, 2, 2, &p->minute) == 0 ||
	    (take_colon(s) && take_number(s, 2, 2, &p->second) == 0))
		return -1;
	/* 60 is a leap second. */
	return p->hour > 23 || p->minute > 59 || p->second > 60 ? -1 : 0;
}

/* RFC 5322, 4.3: names of North America mean what they say; the military
 * letters were so often used the wrong way round that they tell nothing. */
static int
named_zone(struct slice name)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {
		{ "EDT", -4 },
		{ "EST", -5 },
		{ "CDT", -5 },
		{ "CST", -6 },
		{ "MDT", -6 },
		{ "MST", -7 },
		{ "PDT", -7 },
		{ "PST", -8 },
	};
	size_t i;

	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (slice_caseeq(name, slice_str(zones[i].name)))
			return zones[i].hours * 60;
	return 0;
}

static int
parse_zone(struct slice *s, struct parts *p)
{
	uint64_t number;
	int sign = slice_peek(*s);

	if (sign != '+' && sign != '-') {
		p->zone = named_zone(take_letters(s));
		return 0;
	}
	(void)slice_getc(s);
	if (take_number(s, 4, 4, &number) == 0 || number % 100 > 59)
		return -1;
	p->zone = (int)(number / 100 * 60 + number % 100);
	if (sign == '-')
		p->zone = -p->zone;
	return 0;
}

static int
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Two and three digits are years of this age (RFC 5322, 4.3). */
static int64_t
full_year(const struct parts *p)
{
	if (p->year_digits == 4)
		return (int64_t)p->year;
	return (int64_t)p->year +
	    (p->year_digits == 2 && p->year < 50 ? 2000 : 1900);
}

/* 0 with the seconds since 1970 in UTC; -1 where there is no such day. */
static int
to_seconds(const struct parts *p, int64_t *out)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	int64_t year = full_year(p), day, past = year - 1;
	int leap = is_leap(year);

	if (year < 1900 || p->day == 0 ||
	    p->day > (uint64_t)(before[p->month] - before[p->month - 1] +
		(leap && p->month == 2)))
		return -1;
	day = past * 365 + past / 4 - past / 100 + past / 400 - 719162;
	day += before[p->month - 1] + (leap && p->month > 2);
	day += (int64_t)p->day - 1;
	*out = day * DAY + (int64_t)(p->hour * 3600 + p->minute * 60) +
	    (int64_t)p->second - p->zone * 60;
	return 0;
}

int
date_parse(struct slice text, time_t *when, int *zone)
{
	struct parts p = { 0 };
	int64_t seconds;

	if (parse_day(&text, &p) == -1 || parse_time(&text, &p) == -1 ||
	    parse_zone(&text, &p) == -1 || text.n > 0 ||
	    to_seconds(&p, &seconds) == -1)
		return -1;
	*when = (time_t)seconds;
	*zone = p.zone;
	return 0;
}

/* 1 with the value of SOURCE_DATE_EPOCH, where it has one. */
static int
fixed(uint64_t *when)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");

	return text != NULL &&
	    slice_uint(slice_str(text), 0, (uint64_t)latest, when) == 0;
}

time_t
date_now(void)
{
	uint64_t when;

	return fixed(&when) ? (time_t)when : time(NULL);
}

int
date_fixed(void)
{
	uint64_t when;

	return fixed(&when);
}
