/* SPDX-License-Identifier: ISC */
/* Tests of hdrdate: dates as RFC 3339 writes them. */

#include "../../cmd/mime/hdrdate.h"
#include "unit.h"

static const struct {
	const char *in, *want; /* NULL: no date */
} cases[] = {
	{ "Mon, 23 Nov 2026 03:53:26 +0100", "2026-11-23T03:53:26+01:00" },
	{ " 23 Nov 2026 03:53 -0330 (x)\r\n", "2026-11-23T03:53:00-03:30" },
	{ "1 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00+00:00" },
	{ "31 Dec 1999 23:30:00 -0100", "1999-12-31T23:30:00-01:00" },
	{ "29 Feb 2024 00:00:00 +1400", "2024-02-29T00:00:00+14:00" },
	{ "1 Jan 2026 00:00:00 -0000", "2026-01-01T00:00:00+00:00" },
	{ "from a; b by c; 1 Jan 2026 00:00 +0000",
	    "2026-01-01T00:00:00+00:00" },
	{ "1 Jan 2026 00:00 +2359", "2026-01-01T00:00:00+23:59" },
	{ "1 Jan 2026 00:00 -2359", "2026-01-01T00:00:00-23:59" },
	{ "1 Jan 2026 00:00 +2400", NULL },
	{ "1 Jan 2026 00:00 +9900", NULL },
	{ "29 Feb 2025 00:00:00 +0000", NULL },
	{ "1 Jan 2026 00:00 +0000; x", NULL },
	{ "soon", NULL },
	{ ";", NULL },
	{ "", NULL },
};

static void
dates(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(slice_str(cases[i].in));
		char out[HDRDATE_TEXT] = "";

		CASE(cases[i].in);
		CHECK_INT(hdrdate_format(in, out), cases[i].want ? 0 : -1);
		if (cases[i].want != NULL)
			CHECK_STR(out, cases[i].want);
		free((char *)(uintptr_t)in.p);
	}
}

int
main(void)
{
	RUN(dates);
	return unit_done();
}
