/* SPDX-License-Identifier: ISC */
/* Unit test of deliverycode: failures and statuses as what they mean. */

#include <errno.h>

#include "../../cmd/queue/deliverycode.h"
#include "unit.h"

static void
failures(void)
{
	static const struct {
		int class, error;
		const char *code;
		int want;
	} cases[] = {
		{ EX_TEMPFAIL, 0, "4.3.0", EX_TEMPFAIL },
		{ EX_TEMPFAIL, EDQUOT, "4.2.2", EX_TEMPFAIL },
		{ EX_TEMPFAIL, ENOSPC, "4.3.1", EX_TEMPFAIL },
		{ EX_CONFIG, 0, "4.3.5", EX_TEMPFAIL },
		{ EX_IOERR, EIO, "4.3.0", EX_TEMPFAIL },
		{ EX_CANTCREAT, EACCES, "4.3.0", EX_TEMPFAIL },
		{ EX_SOFTWARE, 0, "4.3.0", EX_TEMPFAIL },
		{ EX_NOPERM, 0, "4.3.0", EX_TEMPFAIL },
		{ EX_DATAERR, 0, "5.6.0", EX_DATAERR },
		{ EX_UNAVAILABLE, 0, "5.3.0", EX_UNAVAILABLE },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { cases[i].class, cases[i].error, "why" };
		struct delivery_result r = { 0 };

		deliverycode_of_fail(&f, &r);
		CASE(cases[i].code);
		CHECK_INT(r.class, cases[i].want);
		CHECK_STR(r.code, cases[i].code);
		CHECK_STR(r.text, "why");
	}
}

static void
programs(void)
{
	static const struct {
		int status;
		const char *said, *code, *text;
		int want;
	} cases[] = {
		{ 75, "x", "4.3.0", "x", EX_TEMPFAIL },
		{ 71, "", "4.3.0", "a program ended with status 71",
		    EX_TEMPFAIL },
		{ 69, "5.7.1 x y", "5.7.1", "x y", EX_UNAVAILABLE },
		{ 1, "5.7.1", "5.7.1", "a program ended with status 1",
		    EX_UNAVAILABLE },
		{ 1, "4.7.1 x", "5.3.0", "4.7.1 x", EX_UNAVAILABLE },
		{ 75, "4.999.999 x", "4.999.999", "x", EX_TEMPFAIL },
		{ 1, "5.1000.1 x", "5.3.0", "5.1000.1 x", EX_UNAVAILABLE },
		{ 1, "5.1 x", "5.3.0", "5.1 x", EX_UNAVAILABLE },
		{ 1, "5.1.1. x", "5.3.0", "5.1.1. x", EX_UNAVAILABLE },
		{ 1, "5.1.1.1 x", "5.3.0", "5.1.1.1 x", EX_UNAVAILABLE },
		{ 1, "5..1 x", "5.3.0", "5..1 x", EX_UNAVAILABLE },
		{ 1, "50.1.1 x", "5.3.0", "50.1.1 x", EX_UNAVAILABLE },
		{ 1, "5", "5.3.0", "5", EX_UNAVAILABLE },
		{ 1, "\033[m", "5.3.0", "\\x1b[m", EX_UNAVAILABLE },
		{ 67, "x", "5.1.1", "x", EX_NOUSER },
		{ 78, "x", "5.3.5", "x", EX_CONFIG },
		{ 77, "x", "5.7.1", "x", EX_NOPERM },
		{ 127, "x", "5.3.0", "x", EX_UNAVAILABLE },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct delivery_result r = { 0 };

		deliverycode_of_program(cases[i].status,
		    slice_str(cases[i].said), &r);
		CASE(cases[i].said);
		CHECK_INT(r.class, cases[i].want);
		CHECK_STR(r.code, cases[i].code);
		CHECK_STR(r.text, cases[i].text);
	}
}

int
main(void)
{
	RUN(failures);
	RUN(programs);
	return unit_done();
}
