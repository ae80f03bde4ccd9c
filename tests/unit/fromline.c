/* SPDX-License-Identifier: ISC */
/* Unit test of fromline: what of a message is none of it. */

#include "fromline.h"
#include "unit.h"

static const struct {
	const char *in;
	size_t want;
} cases[] = {
	{ "", 0 },
	{ "From", 0 },
	{ ">From", 0 },
	{ "From: a@b\n", 0 },
	{ "from a\n", 0 },
	{ " From a\n", 0 },
	{ ">>From a\n", 0 },
	{ "A: b\nFrom a\n", 0 },
	{ "\nFrom a\n", 0 },
	{ "From ", 5 },
	{ "From a", 6 },
	{ "From a\n", 7 },
	{ "From a\r\nA: b\r\n", 8 },
	{ "From a\n>From b\nA: b\n", 15 },
	{ ">From b\nFrom a\n\nFrom c\n", 15 },
};

static void
lengths(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(slice_str(cases[i].in));

		CASE(cases[i].in);
		CHECK_INT(fromline_length(in), cases[i].want);
		free((char *)(uintptr_t)in.p);
	}
}

static const struct {
	const char *in; /* behind "From " */
	int rc;
	time_t when;
} dates[] = {
	{ "", 0, 0 },
	{ " \r", 0, 0 },
	{ "MAILER-DAEMON Mon Nov 23 02:53:26 2026", 1, 1795402406 },
	{ "a@b  Mon Nov 23 02:53:26 2026\r", 1, 1795402406 },
	{ "- Mon Nov 23 02:53:26 2026 ", 1, 1795402406 },
	{ "\"a b\"@c Mon Nov 23 02:53 2026", 1, 1795402380 },
	{ "a Mon Nov 23 02:53:26 +0100 2026", 1, 1795398806 },
	{ "a Mon Nov 23 02:53:26 2026 -0130", 1, 1795407806 },
	{ "a Mon Nov 23 02:53:26 EST 2026", 1, 1795420406 },
	{ "a Thu Jan  1 00:00:00 1970", 1, 0 },
	{ "a Tue Dec 31 23:59:59 1968", 1, -31536001 },
	{ "here on", -1, 0 },
	{ "Mon to Fri at 10:30 in 2026", -1, 0 },
	{ "a Mon Nov 31 02:53:26 2026", -1, 0 },
	{ "a Mon Nov 23 02:53:26 2026 we met", -1, 0 },
	{ "a Mon Nov 23 02:53:26", -1, 0 },
	{ "2026", -1, 0 },
	{ "a Mon Nov 23 0000000000000000000000000000000000000000000000000000"
	    "00000000000000000000000000000000000000000000000 2026", -1, 0 },
};

static void
of_dates(void)
{
	size_t i, n;

	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct slice in = unit_exact(slice_str(dates[i].in));
		time_t when = 7;

		CASE(dates[i].in);
		CHECK_INT(fromline_date(in, &when), dates[i].rc);
		CHECK_INT(when, dates[i].rc == 1 ? dates[i].when : 7);
		free((char *)(uintptr_t)in.p);
		for (n = 0; n < in.n; n++) {
			in = unit_exact((struct slice){ dates[i].in, n });
			(void)fromline_date(in, &when);
			free((char *)(uintptr_t)in.p);
		}
	}
}

int
main(void)
{
	RUN(lengths);
	RUN(of_dates);
	return unit_done();
}
