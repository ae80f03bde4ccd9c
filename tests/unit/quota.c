/* SPDX-License-Identifier: ISC */
/* Unit test of quota: what is written in a users file and in maildirsize. */

#include <inttypes.h>

#include "quota.h"
#include "unit.h"

/* "bytes,messages", or "no". */
static const char *
parse(const char *text)
{
	static char out[60];
	struct slice s = unit_exact(slice_str(text));
	struct quota q = { 7, 7 };

	if (quota_parse(s, &q) == -1)
		(void)snprintf(out, sizeof(out), "%s",
		    q.bytes == 7 && q.messages == 7 ? "no" : "touched");
	else
		(void)snprintf(out, sizeof(out), "%" PRIu64 ",%" PRIu64,
		    q.bytes, q.messages);
	free((char *)(uintptr_t)s.p);
	return out;
}

static void
written(void)
{
	CHECK_STR(parse(""), "0,0");
	CHECK_STR(parse("1000"), "1000,0");
	CHECK_STR(parse("1000S"), "1000,0");
	CHECK_STR(parse("10M"), "10485760,0");
	CHECK_STR(parse("1K,20C"), "1024,20");
	CHECK_STR(parse("20C,1G"), "1073741824,20");
	CHECK_STR(parse("1MS,20C"), "1048576,20");
	CHECK_STR(parse("20C"), "0,20");
	CHECK_STR(parse("0S"), "0,0");
}

static void
not_written(void)
{
	static const char *const no[] = { " ", ",", "1,", ",1C", "S", "C",
		"K", "-1", "+1", "1T", "1 M", "10M:", "1SS",
		"9223372036854775808", "9007199254740992K", "1.5M", "1x" };
	size_t i;

	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		CASE(no[i]);
		CHECK_STR(parse(no[i]), "no");
	}
}

/* "bytes messages lines", or "count". */
static const char *
sum(const char *text)
{
	static char out[80];
	struct slice s = unit_exact(slice_str(text));
	struct quota q = { 1000, 5 };
	struct usage u;

	if (quota_sum(s, &q, &u) == -1)
		(void)snprintf(out, sizeof(out), "count");
	else
		(void)snprintf(out, sizeof(out), "%" PRIu64 " %" PRIu64 " %u",
		    u.bytes, u.messages, u.lines);
	free((char *)(uintptr_t)s.p);
	return out;
}

static void
sums(void)
{
	CHECK_STR(sum("1000S,5C\n0 0\n"), "0 0 1");
	CHECK_STR(sum("5C,1000S\n100 2\n-40 -1\n7 1\n"), "67 2 3");
	/* As Courier pads it. */
	CHECK_STR(sum("1000S,5C\n         100            2\n"), "100 2 1");
	CHECK_STR(sum("1000S,5C\n9223372036854775807 0\n"),
	    "9223372036854775807 0 1");
}

static void
worthless(void)
{
	static const char *const files[] = { "", "\n", "1000S,5C",
		"1000S,5C\n", "2000S,5C\n1 1\n", "1000S\n1 1\n",
		"1000S,5C\n1 1", "1000S,5C\n1\n", "1000S,5C\n1 1 1\n",
		"1000S,5C\nx 1\n", "1000S,5C\n1 x\n", "1000S,5C\n\n",
		"1000S,5C\n-1 1\n", "1000S,5C\n1 -1\n", "1000S,5C\n--1 1\n",
		"1000S,5C\n- 1\n", "1000S,5C\n99999999999999999999 1\n",
		"1000S,5C\n9223372036854775807 1\n1 1\n",
		"1000S,5C\n-9223372036854775807 1\n-2 1\n", "x\n1 1\n" };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CASE(files[i]);
		CHECK_STR(sum(files[i]), "count");
	}
	CHECK_INT(quota_sum(SLICE("1000S,5C\n1\0 1\n"),
	    &(struct quota){ 1000, 5 }, &(struct usage){ 0 }), -1);
}

static void
limits(void)
{
	struct quota bytes = { 100, 0 }, messages = { 0, 2 }, none = { 0, 0 };
	struct usage u = { .bytes = 90, .messages = 1 };

	CHECK_INT(quota_over(&bytes, &u, 10), 0);
	CHECK_INT(quota_over(&bytes, &u, 11), 1);
	CHECK_INT(quota_over(&bytes, &u, UINT64_MAX), 1);
	CHECK_INT(quota_over(&messages, &u, UINT64_MAX), 0);
	CHECK_INT(quota_over(&none, &u, UINT64_MAX), 0);
	u.messages = 2;
	CHECK_INT(quota_over(&messages, &u, 0), 1);
	u.bytes = 101;
	CHECK_INT(quota_over(&bytes, &u, 0), 1);
}

static void
first_lines(void)
{
	struct buf out = BUF(100);

	quota_format(&(struct quota){ 1000, 5 }, &out);
	quota_format(&(struct quota){ 1000, 0 }, &out);
	quota_format(&(struct quota){ 0, 5 }, &out);
	CHECK_SLICE(buf_slice(&out), SLICE("1000S,5C\n1000S\n5C\n"));
	buf_free(&out);
}

int
main(void)
{
	RUN(written);
	RUN(not_written);
	RUN(sums);
	RUN(worthless);
	RUN(limits);
	RUN(first_lines);
	return unit_done();
}
