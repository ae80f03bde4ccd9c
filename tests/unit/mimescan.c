/* SPDX-License-Identifier: ISC */
/* Content cut at lines that begin with "--". */

#include "buf.h"
#include "mimescan.h"
#include "unit.h"

/* "in" in pieces of "step" bytes: dashes as "[...]", all else as it is. */
static void
scan(struct slice in, size_t step, struct buf *out)
{
	struct mimescan *s = calloc(1, sizeof(*s));
	enum mimescan_found what;
	struct slice piece, text;

	mimescan_start(s);
	do {
		size_t n = in.n < step ? in.n : step;
		int end = in.n == 0;

		piece = unit_exact(slice_sub(in, 0, n));
		in = slice_sub(in, n, in.n);
		text = piece;
		for (;;) {
			struct slice found = { "", 0 };

			what = end ? mimescan_end(s, &found) :
				     mimescan_next(s, &text, &found);
			if (what == MIMESCAN_NOTHING)
				break;
			(void)buf_adds(out,
			    what == MIMESCAN_DASHES ? "[" : "");
			(void)buf_add(out, found);
			(void)buf_adds(out,
			    what == MIMESCAN_DASHES ? "]" : "");
			if (end)
				break;
		}
		free((char *)piece.p);
		if (end)
			break;
	} while (1);
	free(s);
}

static const struct {
	const char *in, *want;
} cases[] = {
	{ "", "" },
	{ "abc", "abc" },
	{ "--", "[--]" },
	{ "-", "-" },
	{ "-\n--", "-[\n--]" },
	{ "a--\n", "a--\n" },
	{ "--a\n", "[--a]\n" },
	{ "--a\n--b\n", "[--a][\n--b]\n" },
	{ "x\n--a\ny", "x[\n--a]\ny" },
	{ "x\r\n--a\r\ny", "x[\r\n--a]\r\ny" },
	{ "x\n\n--a", "x\n[\n--a]" },
	{ "\n--a", "[\n--a]" },
	{ "\r\n\r\n--a", "\r\n[\r\n--a]" },
	{ "x\r--a", "x\r--a" },
	{ "x\r\r\n--a", "x\r[\r\n--a]" },
	{ "x\n-\r\n--a", "x\n-[\r\n--a]" },
	{ "a-b\n-c\n - \n--", "a-b\n-c\n - [\n--]" },
	{ "\r", "\r" },
	{ "--a\r", "[--a\r]" },
};

static void
cuts(void)
{
	size_t i, step;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (step = 1; step < 20; step++) {
			struct buf out = BUF(1000);

			CASE(cases[i].in);
			scan(slice_str(cases[i].in), step, &out);
			CHECK_SLICE(buf_slice(&out),
			    slice_str(cases[i].want));
			buf_free(&out);
		}
}

/* At the longest line that counts, and one byte more. */
static void
longest(void)
{
	int longer;

	for (longer = 0; longer < 2; longer++) {
		struct buf in = BUF(5000), out = BUF(5000);
		size_t step;

		(void)buf_adds(&in, "x\n--");
		while (in.n < 2 + MIMESCAN_LINE - 2 + (size_t)longer)
			(void)buf_addc(&in, 'y');
		(void)buf_adds(&in, "\r\n--\n");
		for (step = 1; step < 5000; step += 1 + step / 3) {
			buf_clear(&out);
			scan(buf_slice(&in), step, &out);
			CHECK_INT(out.n, in.n + (longer ? 2 : 4));
			CHECK(slice_ends(buf_slice(&out),
			    SLICE("[\r\n--]\n")));
		}
		buf_free(&in);
		buf_free(&out);
	}
}

static void
whole(void)
{
	struct slice in = SLICE("x\r\n--b\r\nmore"), found;
	struct mimescan s = { .nheld = 0 };

	mimescan_start(&s);
	CHECK_INT(mimescan_next(&s, &in, &found), MIMESCAN_TEXT);
	CHECK_INT(mimescan_next(&s, &in, &found), MIMESCAN_DASHES);
	CHECK_SLICE(found, SLICE("\r\n--b"));
	CHECK_SLICE(mimescan_whole(&s), SLICE("\r\n--b\r\n"));
	CHECK_SLICE(in, SLICE("more"));
}

int
main(void)
{
	RUN(cuts);
	RUN(longest);
	RUN(whole);
	return unit_done();
}
