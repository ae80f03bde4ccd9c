/* SPDX-License-Identifier: ISC */
/* Unit test of base64word: base64 in protocols. */

#include "base64word.h"
#include "unit.h"

/* RFC 4648, 10, and bytes that are no text. */
static const struct {
	struct slice bytes, word;
} pairs[] = {
	{ SLICE(""), SLICE("") },
	{ SLICE("f"), SLICE("Zg==") },
	{ SLICE("fo"), SLICE("Zm8=") },
	{ SLICE("foo"), SLICE("Zm9v") },
	{ SLICE("foob"), SLICE("Zm9vYg==") },
	{ SLICE("fooba"), SLICE("Zm9vYmE=") },
	{ SLICE("foobar"), SLICE("Zm9vYmFy") },
	{ SLICE("\0\0\0"), SLICE("AAAA") },
	{ SLICE("\xff\xff\xff\xff"), SLICE("/////w==") },
	{ SLICE("\xfb\xef\xbe"), SLICE("++++") },
};

static void
both_ways(void)
{
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct buf out = BUF(100), back = BUF(100);

		CASE(pairs[i].word.p);
		CHECK_INT(base64word_encode(pairs[i].bytes, &out), 0);
		CHECK_SLICE(buf_slice(&out), pairs[i].word);
		CHECK_INT(base64word_decode(pairs[i].word, &back), 0);
		CHECK_SLICE(buf_slice(&back), pairs[i].bytes);
		buf_free(&out);
		buf_free(&back);
	}
}

static void
refused(void)
{
	static const char *const words[] = {
		"Z", "Zg", "Zg=", "Zg==Z", "Zg==Zg==", "=", "==", "===",
		"====", "Zg=A", "Z===", "=AAA", "Zm9v=", "Zm9v====", "Zh==",
		"Zm9=", "Zm 9", " Zm9v", "Zm9v\n", "Zm9\n", "Zm9-", "Zm9_",
		"Zm9\xc3", "*", "Zm9vZm9", "Zm9vZm9vZ",
	};
	struct buf out = BUF(100);
	size_t i;

	CHECK_INT(buf_adds(&out, "before"), 0);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice word = unit_exact(slice_str(words[i]));

		CASE(words[i]);
		CHECK_INT(base64word_decode(word, &out), -1);
		CHECK_SLICE(buf_slice(&out), SLICE("before"));
		free((void *)(uintptr_t)word.p);
	}
	CHECK_INT(base64word_decode(SLICE("Zm9\0"), &out), -1);
	buf_free(&out);
}

static void
maximum(void)
{
	struct buf out = BUF(4);

	CHECK_INT(base64word_encode(SLICE("foob"), &out), -1);
	CHECK_INT(base64word_encode(SLICE("foo"), &out), 0);
	CHECK_INT(base64word_encode(SLICE("f"), &out), -1);
	buf_clear(&out);
	CHECK_INT(base64word_decode(SLICE("Zm9vYmE="), &out), -1);
	CHECK_INT(base64word_decode(SLICE("Zm9vYg=="), &out), 0);
	CHECK_INT(out.n, 4);
	buf_free(&out);
}

/* Every length comes back. */
static void
lengths(void)
{
	struct buf in = BUF(1000), out = BUF(4000), back = BUF(1000);
	int i;

	for (i = 0; i < 700; i++) {
		buf_clear(&out);
		buf_clear(&back);
		CHECK_INT(base64word_encode(buf_slice(&in), &out), 0);
		CHECK_INT(out.n % 4, 0);
		CHECK_INT(base64word_decode(buf_slice(&out), &back), 0);
		CHECK_SLICE(buf_slice(&back), buf_slice(&in));
		CHECK_INT(buf_addc(&in, i * 7), 0);
	}
	buf_free(&in);
	buf_free(&out);
	buf_free(&back);
}

int
main(void)
{
	RUN(both_ways);
	RUN(refused);
	RUN(maximum);
	RUN(lengths);
	return unit_done();
}
