/* SPDX-License-Identifier: ISC */
/* numbers: lists of recipients. */

#include <stdio.h>

#include "numbers.h"
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

static void
written(void)
{
	static const struct {
		size_t in[10];
		const char *want;
	} cases[] = {
		{ { 1 }, "1" },
		{ { 1, 2 }, "1-2" },
		{ { 1, 2, 3 }, "1-3" },
		{ { 2, 4, 5, 6, 9 }, "2,4-6,9" },
		{ { 1, 3, 5 }, "1,3,5" },
		{ { 9, 10, 11, 99999, 100000 }, "9-11,99999-100000" },
	};
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(1000);
		size_t last = 0;

		CASE(cases[i].want);
		for (j = 0; j < 10 && cases[i].in[j] != 0; j++)
			CHECK_INT(numbers_add(&b, &last, cases[i].in[j]), 0);
		CHECK_SLICE(buf_slice(&b), slice_str(cases[i].want));
		for (j = 0; j < 10 && cases[i].in[j] != 0; j++)
			CHECK(numbers_has(buf_slice(&b), cases[i].in[j]));
		CHECK(!numbers_has(buf_slice(&b), 7));
		CHECK(!numbers_has(buf_slice(&b), 0));
		buf_free(&b);
	}
}

/* No more than there is room for, and what is there stays whole. */
static void
full(void)
{
	struct buf b = BUF(100);
	struct numbers all;
	size_t last = 0, number = 1, got, count = 0;

	while (numbers_add(&b, &last, number) == 0)
		number += 2;
	CHECK(b.n <= 100 && number > 20);
	CHECK_INT(numbers_start(&all, buf_slice(&b)), 0);
	for (; numbers_next(&all, &got); count++)
		CHECK_INT(got, count * 2 + 1);
	CHECK_INT(count, number / 2);
	buf_free(&b);
}

int
main(void)
{
	RUN(lists);
	RUN(everybody);
	RUN(written);
	RUN(full);
	return unit_done();
}
