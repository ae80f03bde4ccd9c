/* SPDX-License-Identifier: ISC */
/* numbers: lists of recipients. */

#include <stdio.h>

#include "../../cmd/smtp/numbers.h"
#include "unit.h"

/* What a list comes to, in words; "-" where it is none. */
static const char *
all_of(const char *text)
{
	static char out[256];
	struct numbers n;
	size_t number, at = 0;

	out[0] = '\0';
	if (numbers_start(&n, slice_str(text)) == -1)
		return "-";
	while (numbers_next(&n, &number))
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%zu ",
		    number);
	return out;
}

static void
lists(void)
{
	static const struct { const char *in, *want; } rows[] = {
		{ "1", "1 " },
		{ "1,4-9", "1 4 5 6 7 8 9 " },
		{ "2-2,3", "2 3 " },
		{ "100000", "100000 " },
		{ "99999-100000", "99999 100000 " },
		{ "", "-" },
		{ "0", "-" },
		{ "0-3", "-" },
		{ "100001", "-" },
		{ "1-100001", "-" },
		{ "1,", "-" },
		{ ",1", "-" },
		{ "1,,2", "-" },
		{ "1-", "-" },
		{ "-1", "-" },
		{ "1-2-3", "-" },
		{ "2-1", "-" },
		{ "1,1", "-" },
		{ "1-3,3", "-" },
		{ "1-3,2-4", "-" },
		{ "2,1", "-" },
		{ "1 2", "-" },
		{ "1;2", "-" },
		{ "18446744073709551617", "-" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(all_of(rows[i].in), rows[i].want);
}

static void
everybody(void)
{
	struct numbers n;
	size_t number, sum = 0;

	numbers_all(&n, 4);
	while (numbers_next(&n, &number))
		sum = sum * 10 + number;
	CHECK_INT(sum, 1234);
	numbers_all(&n, 0);
	CHECK_INT(numbers_next(&n, &number), 0);
}

int
main(void)
{
	RUN(lists);
	RUN(everybody);
	return unit_done();
}
