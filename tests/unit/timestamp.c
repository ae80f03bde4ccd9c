/* SPDX-License-Identifier: ISC */
/* Tests of timestamp. */

#include <time.h>

#include "timestamp.h"
#include "unit.h"

static void
reading(void)
{
	static const struct {
		const char *in;
		int rc;
		int64_t want;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2026-11-25T21:00:00Z", 0, 1795640400 },
		{ "2026-11-25t22:00:00.123+01:00", 0, 1795640400 },
		{ "2026-11-25T15:30:00-05:30", 0, 1795640400 },
		{ "2000-02-29T23:59:60z", 0, 951868799 },
		{ "9999-12-31T23:59:59Z", 0, 253402300799 },
		{ "9999-12-31T23:59:59-00:01", -1, 7 },
		{ "1970-01-01T00:00:00+00:01", -1, 7 },
		{ "2026-02-29T00:00:00Z", -1, 7 },
		{ "2100-02-29T00:00:00Z", -1, 7 },
		{ "1969-12-31T23:59:59Z", -1, 7 },
		{ "2026-13-01T00:00:00Z", -1, 7 },
		{ "2026-00-01T00:00:00Z", -1, 7 },
		{ "2026-01-00T00:00:00Z", -1, 7 },
		{ "2026-01-01T24:00:00Z", -1, 7 },
		{ "2026-01-01T00:60:00Z", -1, 7 },
		{ "2026-01-01T00:00:61Z", -1, 7 },
		{ "2026-01-01T00:00:00", -1, 7 },
		{ "2026-01-01T00:00:00.Z", -1, 7 },
		{ "2026-01-01T00:00:00+1:00", -1, 7 },
		{ "2026-01-01T00:00:00+24:00", -1, 7 },
		{ "2026-01-01T00:00:00Zx", -1, 7 },
		{ "2026-01-01 00:00:00Z", -1, 7 },
		{ "+026-01-01T00:00:00Z", -1, 7 },
		{ "", -1, 7 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = slice_str(cases[i].in);
		int64_t when = 7;

		CASE(cases[i].in);
		CHECK_INT(timestamp_parse(in, &when), cases[i].rc);
		CHECK_INT(when, cases[i].want);
		/* No part of it is one. */
		for (size_t n = 0; n < in.n && cases[i].rc == 0; n++)
			CHECK_INT(timestamp_parse(slice_sub(in, 0, n), &when),
			    -1);
	}
}

/* Against the C library, over four hundred years. */
static void
there_and_back(void)
{
	int64_t when, got;
	char text[TIMESTAMP_TEXT], want[64];
	struct tm tm;

	for (when = 0; when < INT64_C(13000000000); when += 864077) {
		time_t t = (time_t)when;

		(void)strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ",
		    gmtime_r(&t, &tm));
		CHECK_STR(timestamp_format(text, when), want);
		got = -1;
		CHECK_INT(timestamp_parse(slice_str(text), &got), 0);
		CHECK_INT(got, when);
	}
}

int
main(void)
{
	RUN(reading);
	RUN(there_and_back);
	return unit_done();
}
