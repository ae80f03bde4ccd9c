/* SPDX-License-Identifier: ISC */
/* Tests of base64: what other programs write, and what they should read. */

#include "coding.h"

static void
decoding(void)
{
	static const struct coding_case cases[] = {
		{ "empty", SLICE(""), SLICE(""), 0 },
		{ "none", SLICE("\r\n\n"), SLICE(""), 0 },
		{ "three", SLICE("Zm9v"), SLICE("foo"), 0 },
		{ "two", SLICE("Zm8="), SLICE("fo"), 0 },
		{ "one", SLICE("Zg=="), SLICE("f"), 0 },
		{ "lines", SLICE("Zm9v\r\nYmFy\nYmF6"), SLICE("foobarbaz"),
		    0 },
		{ "odd lines", SLICE("Z\nm9\nvYm\nFyYm\nF6"),
		    SLICE("foobarbaz"), 0 },
		{ "spaces", SLICE(" Zm 9v\t"), SLICE("foo"), 0 },
		{ "all", SLICE("+/+/"), SLICE("\xfb\xff\xbf"), 0 },
		{ "junk", SLICE("aGVs!bG8g\n*d29y=bGQ=\nIQ==TRAIL"),
		    SLICE("hello world!M\x10\x08"),
		    ENC_FLAW_JUNK | ENC_FLAW_PAD | ENC_FLAW_SHORT },
		{ "8-bit junk", SLICE("Zm\xff\x80" "9v"), SLICE("foo"),
		    ENC_FLAW_JUNK },
		{ "NUL", SLICE("Zm9v\0YmFy"), SLICE("foobar"), ENC_FLAW_JUNK },
		{ "concatenated", SLICE("aGVsbG8=\nd29ybGQ="),
		    SLICE("helloworld"), ENC_FLAW_PAD },
		{ "no padding", SLICE("aGVsbG8"), SLICE("hello"),
		    ENC_FLAW_SHORT },
		{ "one character", SLICE("Zm9vY"), SLICE("foo"),
		    ENC_FLAW_SHORT },
		{ "too much padding", SLICE("Zg===="), SLICE("f"), 0 },
		{ "padding alone", SLICE("=Zm9v"), SLICE("foo"),
		    ENC_FLAW_JUNK },
		{ "padded lone character", SLICE("Zm9vY="), SLICE("foo"),
		    ENC_FLAW_SHORT },
	};

	coding_check(ENC_BASE64, cases, COUNT(cases));
}

static void
encoding(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "f", "Zg==\n" },
		{ "fo", "Zm8=\n" },
		{ "foo", "Zm9v\n" },
		{ "\xfb\xff\xbf", "+/+/\n" },
		{ "123456789012345678901234567890123456789012345678901234567",
		    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyM"
		    "zQ1Njc4OTAxMjM0NTY3\n" },
		{ "1234567890123456789012345678901234567890123456789012345678",
		    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyM"
		    "zQ1Njc4OTAxMjM0NTY3\nOA==\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(2000);

		CASE(cases[i].in);
		coding_encode(ENC_BASE64, 0, slice_str(cases[i].in), 100, &out);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
	}
}

int
main(void)
{
	RUN(decoding);
	RUN(encoding);
	return unit_done();
}
