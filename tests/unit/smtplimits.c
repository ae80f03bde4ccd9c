/* SPDX-License-Identifier: ISC */
/* Tests of smtplimits. */

#include "smtplimits.h"
#include "unit.h"

static void
limits(void)
{
	static const struct {
		const char *values;
		uint64_t messages, recipients, domains;
	} cases[] = {
		{ "", 0, 0, 0 },
		{ "RCPTMAX=20 MAILMAX=5 RCPTDOMAINMAX=1", 5, 20, 1 },
		{ "rcptmax=20", 0, 20, 0 },
		{ "RCPTMAX=0 MAILMAX=-1 RCPTDOMAINMAX=+1", 0, 0, 0 },
		{ "RCPTMAX=18446744073709551615", 0, UINT64_MAX, 0 },
		{ "RCPTMAX=18446744073709551616", 0, 0, 0 },
		{ "RCPTMAX= MAILMAX RCPTDOMAINMAX==1", 0, 0, 0 },
		{ "RCPTMAXX=1 X=2 =3 = MAILMAX=4", 4, 0, 0 },
		{ "RCPTMAX=1e3 MAILMAX=0x10", 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtplimits l = { 0 };

		CASE(cases[i].values);
		smtplimits_learn(&l, SLICE("limits"),
		    slice_str(cases[i].values));
		CHECK_INT(l.messages, cases[i].messages);
		CHECK_INT(l.recipients, cases[i].recipients);
		CHECK_INT(l.domains, cases[i].domains);
		CHECK_INT(l.release, 0);
	}
}

static void
release(void)
{
	static const struct {
		const char *values;
		int release;
	} cases[] = {
		{ "345600 2026-11-25T21:00:00Z", 1 },
		{ "345600", 0 },
		{ "", 0 },
		{ "0 2026-11-25T21:00:00Z", 0 },
		{ "1000000000 2026-11-25T21:00:00Z", 0 },
		{ "345600 tomorrow", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtplimits l = { 0 };

		CASE(cases[i].values);
		smtplimits_learn(&l, SLICE("FUTURERELEASE"),
		    slice_str(cases[i].values));
		CHECK_INT(l.release, cases[i].release);
		if (l.release) {
			CHECK_INT(l.hold_for, 345600);
			CHECK_INT(l.hold_until, 1795640400);
		}
	}
}

static void
others(void)
{
	struct smtplimits l = { 0 };

	smtplimits_learn(&l, SLICE("SIZE"), SLICE("RCPTMAX=1"));
	CHECK_INT(l.recipients, 0);
}

int
main(void)
{
	RUN(limits);
	RUN(release);
	RUN(others);
	return unit_done();
}
