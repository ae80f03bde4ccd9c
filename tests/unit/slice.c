/* SPDX-License-Identifier: ISC */
/* Tests of slice: borrowed bytes and the cursor. */

#include "unit.h"

static void
parts(void)
{
	struct slice s = SLICE("abcdef"), nothing = { NULL, 0 };

	CHECK_SLICE(slice_str("abc"), SLICE("abc"));
	CHECK_SLICE(slice_sub(s, 2, 4), SLICE("cd"));
	CHECK_SLICE(slice_sub(s, 4, 99), SLICE("ef"));
	CHECK_SLICE(slice_sub(s, 4, 2), SLICE(""));
	CHECK_SLICE(slice_sub(s, 99, 100), SLICE(""));
	CHECK_SLICE(slice_sub(nothing, 0, 1), SLICE(""));
	CHECK_INT(SLICE("a\0b").n, 3);
}

static void
comparison(void)
{
	CHECK(slice_eq(SLICE("a\0b"), SLICE("a\0b")));
	CHECK(!slice_eq(SLICE("a\0b"), SLICE("a\0c")));
	CHECK(!slice_eq(SLICE("ab"), SLICE("abc")));
	CHECK(slice_eq((struct slice){ NULL, 0 }, SLICE("")));
	CHECK(slice_caseeq(SLICE("FroM"), SLICE("fROm")));
	CHECK(!slice_caseeq(SLICE("@"), SLICE("`")));
	CHECK(!slice_caseeq(SLICE("\xc4"), SLICE("\xe4")));
	CHECK(slice_starts(SLICE("abc"), SLICE("ab")));
	CHECK(!slice_starts(SLICE("abc"), SLICE("AB")));
	CHECK(!slice_starts(SLICE("a"), SLICE("ab")));
	CHECK(slice_starts(SLICE("a"), SLICE("")));
	CHECK(slice_casestarts(SLICE("abc"), SLICE("AB")));
	CHECK(slice_ends(SLICE("abc"), SLICE("bc")));
	CHECK(!slice_ends(SLICE("abc"), SLICE("b")));
	CHECK(!slice_ends(SLICE("c"), SLICE("bc")));
}

static void
searching(void)
{
	CHECK_INT(slice_find(SLICE("a:b:"), ':'), 1);
	CHECK_INT(slice_find(SLICE("ab"), ':'), 2);
	CHECK_INT(slice_find(SLICE(""), ':'), 0);
	CHECK_INT(slice_find((struct slice){ NULL, 0 }, ':'), 0);
	CHECK_INT(slice_find(SLICE("a\xff"), 0xff), 1);
	CHECK_SLICE(slice_trim(SLICE(" \t\r\na b\r\n ")), SLICE("a b"));
	CHECK_SLICE(slice_trim(SLICE(" \n ")), SLICE(""));
}

static void
one_byte(void)
{
	struct slice s = SLICE("\xff\0");

	CHECK_INT(slice_peek(s), 255);
	CHECK_INT(slice_getc(&s), 255);
	CHECK_INT(slice_getc(&s), 0);
	CHECK_INT(slice_peek(s), -1);
	CHECK_INT(slice_getc(&s), -1);
	CHECK_INT(s.n, 0);
}

static void
taking(void)
{
	struct slice s = SLICE("abcd"), out = SLICE("untouched");

	CHECK_INT(slice_take(&s, 5, &out), -1);
	CHECK_SLICE(s, SLICE("abcd"));
	CHECK_SLICE(out, SLICE("untouched"));
	CHECK_INT(slice_take(&s, 3, &out), 0);
	CHECK_SLICE(out, SLICE("abc"));
	CHECK_SLICE(s, SLICE("d"));
	CHECK_INT(slice_take(&s, 0, &out), 0);
	CHECK_SLICE(out, SLICE(""));
}

static void
taking_until(void)
{
	struct slice s = SLICE("a,,b"), out;

	CHECK_INT(slice_until(&s, ',', &out), 1);
	CHECK_SLICE(out, SLICE("a"));
	CHECK_INT(slice_until(&s, ',', &out), 1);
	CHECK_SLICE(out, SLICE(""));
	CHECK_INT(slice_until(&s, ',', &out), 0);
	CHECK_SLICE(out, SLICE("b"));
	CHECK_INT(slice_until(&s, ',', &out), 0);
	CHECK_SLICE(out, SLICE(""));
}

static void
words(void)
{
	struct slice s = SLICE("  one\ttwo \n "), out = SLICE("untouched");

	CHECK_INT(slice_word(&s, &out), 1);
	CHECK_SLICE(out, SLICE("one"));
	CHECK_INT(slice_word(&s, &out), 1);
	CHECK_SLICE(out, SLICE("two"));
	CHECK_INT(slice_word(&s, &out), 1);
	CHECK_SLICE(out, SLICE("\n"));
	CHECK_INT(slice_word(&s, &out), 0);
	CHECK_SLICE(out, SLICE("\n"));
	CHECK_INT(slice_has_word(SLICE("one two"), SLICE("TWO")), 1);
	CHECK_INT(slice_has_word(SLICE("one two"), SLICE("tw")), 0);
	CHECK_INT(slice_has_word(SLICE("one two"), SLICE("one two")), 0);
	CHECK_INT(slice_has_word(SLICE(""), SLICE("")), 0);
}

static void
numbers(void)
{
	static const struct {
		const char *in;
		uint64_t min, max, want;
		int rc;
	} cases[] = {
		{ "0", 0, 9, 0, 0 },
		{ "007", 0, 9, 7, 0 },
		{ "18446744073709551615", 0, UINT64_MAX, UINT64_MAX, 0 },
		{ "18446744073709551616", 0, UINT64_MAX, 0, -1 },
		{ "99999999999999999999", 0, UINT64_MAX, 0, -1 },
		{ "10", 0, 9, 0, -1 },
		{ "4", 5, 9, 0, -1 },
		{ "", 0, 9, 0, -1 },
		{ "+1", 0, 9, 0, -1 },
		{ "-1", 0, 9, 0, -1 },
		{ " 1", 0, 9, 0, -1 },
		{ "1 ", 0, 9, 0, -1 },
		{ "1x", 0, 99, 0, -1 },
		{ "0x1", 0, 99, 0, -1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t out = 12345;

		CASE(cases[i].in);
		CHECK_INT(slice_uint(slice_str(cases[i].in), cases[i].min,
			      cases[i].max, &out),
		    cases[i].rc);
		CHECK(out == (cases[i].rc == 0 ? cases[i].want : 12345));
	}
	CHECK_INT(slice_uint(SLICE("1\0"), 0, 9, &(uint64_t){ 0 }), -1);
}

static void
hexadecimal_bytes(void)
{
	struct slice s = SLICE("4aFf0g1");

	CHECK_INT(slice_hexbyte(&s), 0x4a);
	CHECK_INT(slice_hexbyte(&s), 0xff);
	CHECK_INT(slice_hexbyte(&s), -1);
	CHECK_SLICE(s, SLICE("0g1"));
	s = SLICE("1");
	CHECK_INT(slice_hexbyte(&s), -1);
	CHECK_INT(s.n, 1);
}

static void
digits_and_letters(void)
{
	int valid = 0;

	for (int c = -1; c < 256; c++)
		valid += slice_hexdigit(c) != -1;
	CHECK_INT(valid, 22);
	CHECK_INT(slice_hexdigit('9'), 9);
	CHECK_INT(slice_hexdigit('a'), 10);
	CHECK_INT(slice_hexdigit('F'), 15);
	CHECK_INT(slice_lower('A'), 'a');
	CHECK_INT(slice_lower('Z'), 'z');
	CHECK_INT(slice_lower('['), '[');
	CHECK_INT(slice_lower('@'), '@');
	CHECK_INT(slice_lower(0xc4), 0xc4);
}

/* The values of FNV-1a for "" and "a", folded. */
static void
sizes(void)
{
	static const struct {
		const char *text;
		uint64_t max, want;
		int rc;
	} cases[] = {
		{ "0", 0, 0, 0 }, { "7", 7, 7, 0 }, { "7", 6, 0, -1 },
		{ "1K", 1024, 1024, 0 }, { "1K", 1023, 0, -1 },
		{ "3M", UINT64_MAX, 3145728, 0 },
		{ "2G", UINT64_MAX, 2147483648U, 0 },
		{ "17179869183G", UINT64_MAX, UINT64_MAX - 1073741823, 0 },
		{ "17179869184G", UINT64_MAX, 0, -1 }, { "", 9, 0, -1 },
		{ "K", 9999, 0, -1 }, { "1k", 9999, 0, -1 },
		{ "1KK", 9999999, 0, -1 }, { "-1", 9, 0, -1 },
	};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text);
		n = 0;
		CHECK_INT(slice_size(slice_str(cases[i].text), cases[i].max,
		    &n), cases[i].rc);
		CHECK(n == cases[i].want);
	}
}

static void
line_numbers(void)
{
	struct slice s = SLICE("a\n\nb");

	CHECK_INT(slice_line_number(s, s.p), 1);
	CHECK_INT(slice_line_number(s, s.p + 1), 1);
	CHECK_INT(slice_line_number(s, s.p + 2), 2);
	CHECK_INT(slice_line_number(s, s.p + 3), 3);
	CHECK_INT(slice_line_number(s, s.p + 4), 3);
}

static void
hashes(void)
{
	CHECK(slice_hash(SLICE("")) == (UINT64_C(0xcbf29ce484222325) ^
	    0xcbf29ce4));
	CHECK(slice_hash(SLICE("a")) == (UINT64_C(0xaf63dc4c8601ec8c) ^
	    0xaf63dc4c));
	CHECK(slice_hash(SLICE("a\0b")) != slice_hash(SLICE("a\0c")));
	CHECK(slice_hash(SLICE("A")) != slice_hash(SLICE("a")));
}

int
main(void)
{
	RUN(parts);
	RUN(comparison);
	RUN(searching);
	RUN(one_byte);
	RUN(taking);
	RUN(taking_until);
	RUN(words);
	RUN(numbers);
	RUN(sizes);
	RUN(line_numbers);
	RUN(hexadecimal_bytes);
	RUN(digits_and_letters);
	RUN(hashes);
	return unit_done();
}
