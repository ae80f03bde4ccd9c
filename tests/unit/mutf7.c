/* SPDX-License-Identifier: ISC */
/* Tests of mutf7: names there and back, and forms that are no good. */

#include "mutf7.h"
#include "unit.h"
#include "utf8.h"

static const struct {
	const char *name;
	struct slice utf8, mutf7;
} both[] = {
	{ "nothing", SLICE(""), SLICE("") },
	{ "ASCII", SLICE("INBOX/a b.~\"\\"), SLICE("INBOX/a b.~\"\\") },
	{ "ampersand", SLICE("a&b&"), SLICE("a&-b&-") },
	{ "ampersands", SLICE("&&"), SLICE("&-&-") },
	/* RFC 3501, 5.1.3 */
	{ "of the RFC", SLICE("~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"),
	    SLICE("~peter/mail/&U,BTFw-/&ZeVnLIqe-") },
	{ "one bit left", SLICE("Entw\xc3\xbcrfe"), SLICE("Entw&APw-rfe") },
	{ "two characters", SLICE("\xc3\xa4\xc3\xb6"), SLICE("&AOQA9g-") },
	{ "three", SLICE("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"),
	    SLICE("&ZeVnLIqe-") },
	{ "ampersand between", SLICE("\xc3\xa4&\xc3\xb6"),
	    SLICE("&AOQ-&-&APY-") },
	{ "hyphen behind", SLICE("\xe2\x98\xba-"), SLICE("&Jjo--") },
	{ "astral", SLICE("\xf0\x9f\x98\x80!"), SLICE("&2D3eAA-!") },
	{ "the last one", SLICE("\xf4\x8f\xbf\xbf"), SLICE("&2,,f,w-") },
	{ "the first astral", SLICE("\xf0\x90\x80\x80"), SLICE("&2ADcAA-") },
	{ "before surrogates", SLICE("\xed\x9f\xbf"), SLICE("&1,8-") },
	{ "behind surrogates", SLICE("\xee\x80\x80"), SLICE("&4AA-") },
	{ "control characters", SLICE("a\x1b\x7f\r\n"),
	    SLICE("a&ABsAfwANAAo-") },
	{ "NUL", SLICE("a\0b"), SLICE("a&AAA-b") },
};

static const struct {
	const char *name;
	struct slice mutf7;
} bad[] = {
	{ "no end", SLICE("&Jjo!") },
	{ "no end at the end", SLICE("&Jjo") },
	{ "alone", SLICE("&") },
	{ "behind text", SLICE("foo&") },
	{ "one digit", SLICE("&J-") },
	{ "two digits", SLICE("&Jj-") },
	{ "no base64", SLICE("&Jj*o-") },
	{ "a slash for the comma", SLICE("&U/BTFw-") },
	{ "padding", SLICE("&Jjo=-") },
	{ "without need", SLICE("&U,BTFw-&ZeVnLIqe-") },
	{ "a letter", SLICE("&AGE-") },
	{ "a letter among others", SLICE("&AOQAYQ-") },
	{ "../", SLICE("&AC4ALgAv-") },
	{ "an ampersand", SLICE("&ACY-") },
	{ "bits left over", SLICE("&Jjp-") },
	{ "a digit too many", SLICE("&JjoA-") },
	{ "two digits too many", SLICE("&JjoAA-") },
	{ "low alone", SLICE("&3AA-") },
	{ "high alone", SLICE("&2D0-") },
	{ "high, then none", SLICE("&2D0AYQ-") },
	{ "high twice", SLICE("&2D3YPQ-") },
	{ "high, then ASCII, then low", SLICE("&2D0-a&3gA-") },
	{ "8-bit", SLICE("Entw\xc3\xbcrfe") },
	{ "8-bit within", SLICE("&AP\xc3-") },
	{ "control character", SLICE("a\nb") },
	{ "DEL", SLICE("a\x7f") },
	{ "NUL", SLICE("a\0") },
	{ "NUL within", SLICE("&Jjo\0-") },
};

static void
there_and_back(void)
{
	struct buf out = BUF(1000);
	size_t i;

	for (i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		struct slice in = unit_exact(both[i].utf8);
		struct slice from = unit_exact(both[i].mutf7);

		CASE(both[i].name);
		buf_clear(&out);
		CHECK_INT(mutf7_encode(&out, in), 0);
		CHECK_SLICE(buf_slice(&out), both[i].mutf7);
		buf_clear(&out);
		CHECK_INT(mutf7_decode(&out, from), 0);
		CHECK_SLICE(buf_slice(&out), both[i].utf8);
		free((char *)(uintptr_t)in.p);
		free((char *)(uintptr_t)from.p);
	}
	buf_free(&out);
}

/* Nothing is added to what was there. */
static void
no_good(void)
{
	struct buf out = BUF(1000);
	size_t i;

	(void)buf_adds(&out, "was there");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slice in = unit_exact(bad[i].mutf7);

		CASE(bad[i].name);
		CHECK_INT(mutf7_decode(&out, in), -1);
		CHECK_SLICE(buf_slice(&out), SLICE("was there"));
		free((char *)(uintptr_t)in.p);
	}
	CASE("no UTF-8");
	CHECK_INT(mutf7_encode(&out, SLICE("a\xc3\xa4\xff")), -1);
	CHECK_INT(mutf7_encode(&out, SLICE("\xed\xa0\x80")), -1);
	CHECK_SLICE(buf_slice(&out), SLICE("was there"));
	buf_free(&out);
}

/* What a prefix decodes to is written as that prefix. */
static void
prefixes(void)
{
	struct buf text = BUF(100), again = BUF(100);
	size_t i, n;

	for (i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		for (n = 0; n <= both[i].mutf7.n; n++) {
			struct slice in = unit_exact(slice_sub(both[i].mutf7,
			    0, n));

			CASE(both[i].name);
			buf_clear(&text);
			buf_clear(&again);
			if (mutf7_decode(&text, in) == 0 &&
			    mutf7_encode(&again, buf_slice(&text)) == 0)
				CHECK_SLICE(buf_slice(&again), in);
			CHECK(utf8_valid(buf_slice(&text)));
			free((char *)(uintptr_t)in.p);
		}
	buf_free(&text);
	buf_free(&again);
}

static void
no_room(void)
{
	struct slice name = SLICE("a\xc3\xa4&\xf0\x9f\x98\x80");
	size_t max, failed = 0;

	for (max = 0; max < 30; max++) {
		struct buf coded = BUF(max), text = BUF(max);

		if (mutf7_encode(&coded, name) == -1) {
			failed++;
			CHECK_INT(coded.n, 0);
		}
		if (mutf7_decode(&text, SLICE("a&AOQ-&-&2D3eAA-")) == -1)
			CHECK_INT(text.n, 0);
		else
			CHECK(max >= name.n);
		buf_free(&coded);
		buf_free(&text);
	}
	CHECK_INT(failed, sizeof("a&AOQ-&-&2D3eAA-") - 1);
}

int
main(void)
{
	RUN(there_and_back);
	RUN(no_good);
	RUN(prefixes);
	RUN(no_room);
	return unit_done();
}
