/* SPDX-License-Identifier: ISC */
/* Tests of date: date-time written and read. */

#include "date.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
reading(void)
{
	static const struct {
		const char *in;
		long long when;
		int zone;
	} cases[] = {
		{ "Mon, 23 Nov 2026 03:53:26 +0100", 1795402406, 60 },
		{ " Mon,23 Nov 2026 03:53:26 +0100 (CET)\r\n", 1795402406, 60 },
		{ "23 Nov 2026 02:53 GMT", 1795402380, 0 },
		{ "Mon 23 Nov 2026 02:53:26 -0000", 1795402406, 0 },
		{ "(a) mon (b), (c) 23 (d) NOV (e) 2026 (f) 02 (g) : (h) 53 "
		  "(i) : (j) 26 (k) UT (l)", 1795402406, 0 },
		{ "23\r\n Nov\r\n 2026\r\n 02:53:26\r\n +0000", 1795402406, 0 },
		{ "1 Jan 70 00:00:00 +0000", 0, 0 },
		{ "1 Jan 49 00:00:00 +0000", 2493072000, 0 },
		{ "1 Jan 50 00:00:00 +0000", -631152000, 0 },
		{ "1 Jan 100 00:00:00 +0000", 946684800, 0 },
		{ "29 Feb 2000 23:59:60 +0000", 951868800, 0 },
		{ "1 Mar 2000 0:00:00 Z", 951868800, 0 },
		{ "1 Mar 2000 00:00:00 EST", 951868800 + 5 * 3600, -300 },
		{ "1 Mar 2000 00:00:00 pdt", 951868800 + 7 * 3600, -420 },
		{ "1 Mar 2000 00:00:00 A", 951868800, 0 },
		{ "1 Mar 2000 00:00:00 XYZ", 951868800, 0 },
		{ "1 Mar 2000 00:00:00", 951868800, 0 },
		{ "1 Mar 2000 00:00:00 -0530", 951868800 + 19800, -330 },
		{ "1 Jan 1900 00:00:00 +0000", -2208988800, 0 },
		{ "31 Dec 9999 23:59:59 +0000", 253402300799, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice in = slice_str(cases[i].in);
		time_t when = -5;
		int zone = -5;

		CASE(cases[i].in);
		CHECK_INT(date_parse(in, &when, &zone), 0);
		CHECK_INT(when, cases[i].when);
		CHECK_INT(zone, cases[i].zone);
		for (size_t n = 0; n < in.n; n++) {
			struct slice part = unit_exact(slice_sub(in, 0, n));

			(void)date_parse(part, &when, &zone);
			free((char *)(uintptr_t)part.p);
		}
	}
}

static void
garbage(void)
{
	static const char *const cases[] = {
		"",
		"now",
		"23 Nov 2026",
		"Foo, 23 Nov 2026 03:53:26 +0100",
		"23 Noe 2026 03:53:26 +0100",
		"0 Nov 2026 03:53:26 +0100",
		"31 Nov 2026 03:53:26 +0100",
		"29 Feb 1900 03:53:26 +0100",
		"29 Feb 2026 03:53:26 +0100",
		"23 Nov 2026 24:00:00 +0100",
		"23 Nov 2026 03:60:26 +0100",
		"23 Nov 2026 03:53:61 +0100",
		"23 Nov 2026 03:53:26 +01",
		"23 Nov 2026 03:53:26 +01000",
		"23 Nov 2026 03:53:26 +0160",
		"23 Nov 2026 03:53:26 +0100 x",
		"23 Nov 2026 03:53:26 GMT+1",
		"23 Nov 2026 -3:53:26 +0100",
		"23 Nov 1899 03:53:26 +0100",
		"23 Nov 0026 03:53:26 +0100",
		"23 Nov 10000 03:53:26 +0100",
		"23 Nov 99999999999999999999 03:53:26 +0100",
		"99999999999999999999 Nov 2026 03:53:26 +0100",
		"23 Nov 2026 18446744073709551617:53:26 +0100",
		"2026-11-23T03:53:26Z",
		"Mon Nov 23 03:53:26 2026",
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		time_t when = 7;
		int zone = 8;

		CASE(cases[i]);
		CHECK_INT(date_parse(slice_str(cases[i]), &when, &zone), -1);
		CHECK_INT(when, 7);
		CHECK_INT(zone, 8);
	}
	CHECK_INT(date_parse(SLICE("1 Jan 2000 00:00:00\0+0000"),
	    &(time_t){ 0 }, &(int){ 0 }), -1);
}

static void
zone_is(const char *tz)
{
	(void)setenv("TZ", tz, 1);
	tzset();
}

static void
writing(void)
{
	char out[DATE_TEXT];

	zone_is("UTC0");
	CHECK_STR(date_format(out, 1795402406),
	    "Mon, 23 Nov 2026 02:53:26 +0000");
	CHECK_STR(date_format(out, 0), "Thu, 01 Jan 1970 00:00:00 +0000");
	CHECK_STR(date_format(out, INT64_MIN),
	    "Tue, 02 Jan 1900 00:00:00 +0000");
	CHECK_STR(date_format(out, INT64_MAX),
	    "Thu, 30 Dec 9999 23:59:59 +0000");
	zone_is("XXX-5:30");
	CHECK_STR(date_format(out, 0), "Thu, 01 Jan 1970 05:30:00 +0530");
	zone_is("XXX3:30");
	CHECK_STR(date_format(out, 0), "Wed, 31 Dec 1969 20:30:00 -0330");
	zone_is("XXX24:59:59");
	CHECK(strlen(date_format(out, INT64_MAX)) < DATE_TEXT);
}

static void
words(void)
{
	char out[DATE_WORDS];

	zone_is("UTC");
	CHECK_STR(date_words(out, 1795402406),
	    "Monday, 23 November 2026, 02:53 UTC");
	zone_is("XXX-5:30");
	CHECK_STR(date_words(out, 0),
	    "Thursday, 1 January 1970, 05:30 UTC+05:30");
	zone_is("XXX3:30");
	CHECK_STR(date_words(out, 0),
	    "Wednesday, 31 December 1969, 20:30 UTC-03:30");
	CHECK_STR(date_words(out, INT64_MIN),
	    "Monday, 1 January 1900, 20:30 UTC-03:30");
	zone_is("XXX24:59:59");
	/* The longest names, a few days on. */
	CHECK(strlen(date_words(out, INT64_MAX)) < DATE_WORDS);
	CHECK(strlen(date_words(out, 1788397200)) < DATE_WORDS);
	CHECK(strstr(out, "UTC-24:59") != NULL);
}

/* What is written is read as the same, through all the years. */
static void
round_trips(void)
{
	long long t;
	char out[DATE_TEXT];
	time_t when;
	int zone;

	for (t = -2208902400; t < 253402214400; t += 86400LL * 97 + 12347) {
		zone_is(t % 2 == 0 ? "XXX-11:30" : "XXX9:30");
		date_format(out, (time_t)t);
		CHECK_INT(date_parse(slice_str(out), &when, &zone), 0);
		CHECK_INT(when, t);
		CHECK_INT(zone, t % 2 == 0 ? 690 : -570);
	}
}

static void
fixed(void)
{
	time_t before = time(NULL);

	(void)setenv("SOURCE_DATE_EPOCH", "1795402406", 1);
	CHECK_INT(date_now(), 1795402406);
	CHECK_INT(date_fixed(), 1);
	(void)setenv("SOURCE_DATE_EPOCH", "soon", 1);
	CHECK(date_now() >= before && date_now() < before + 600);
	CHECK_INT(date_fixed(), 0);
	(void)setenv("SOURCE_DATE_EPOCH", "99999999999999999999", 1);
	CHECK_INT(date_fixed(), 0);
	(void)unsetenv("SOURCE_DATE_EPOCH");
	CHECK(date_now() >= before && date_now() < before + 600);
	CHECK_INT(date_fixed(), 0);
}

int
main(void)
{
	RUN(reading);
	RUN(garbage);
	RUN(writing);
	RUN(words);
	RUN(round_trips);
	RUN(fixed);
	return unit_done();
}
