/* SPDX-License-Identifier: ISC */
/* Tests of word: encoded-words read and written. */

#include "unit.h"
#include "utf8.h"
#include "word.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NIHAO "\xe4\xbd\xa0\xe5\xa5\xbd"

static const struct {
	const char *name;
	struct slice in, want;
} encoded[] = {
	{ "empty", SLICE(""), SLICE("") },
	{ "plain", SLICE(" a  b\r\n c "), SLICE("a  b c") },
	{ "Q", SLICE("=?utf-8?Q?Gr=C3=BC=c3=9Fe_x?= y"),
	    SLICE("Gr\xc3\xbc\xc3\x9f" "e x y") },
	{ "B", SLICE("=?UTF-8?b?5L2g5aW9?="), SLICE(NIHAO) },
	{ "B without padding", SLICE("=?UTF-8?B?Zg?="), SLICE("f") },
	{ "latin", SLICE("=?iso-8859-1?q?=FC=80?="),
	    SLICE("\xc3\xbc\xe2\x82\xac") },
	{ "language", SLICE("=?utf-8*de?Q?a?="), SLICE("a") },
	{ "empty word", SLICE("a =?utf-8?Q?" "?= b"), SLICE("a  b") },
	{ "space between", SLICE("=?utf-8?Q?a?= \r\n\t=?utf-8?B?Yg==?="),
	    SLICE("ab") },
	{ "nothing between", SLICE("=?utf-8?Q?a?==?utf-8?Q?b?="),
	    SLICE("ab") },
	{ "text between", SLICE("=?utf-8?Q?a?= x =?utf-8?Q?b?="),
	    SLICE("a x b") },
	{ "split character",
	    SLICE("=?utf-8?Q?=E4=BD?= =?UTF-8?B?oA==?="),
	    SLICE("\xe4\xbd\xa0") },
	{ "not joined", SLICE("=?utf-8?Q?=E4=BD?= x"),
	    SLICE("\xef\xbf\xbd x") },
	{ "two charsets", SLICE("=?koi8-r?Q?=C1?= =?utf-8?Q?=41?="),
	    SLICE("\xd0\xb0" "A") },
	{ "koi8-r", SLICE("=?KOI8-R?B?98HM0Q==?="),
	    SLICE("\xd0\x92\xd0\xb0\xd0\xbb\xd1\x8f") },
	{ "iso-2022-jp",
	    SLICE("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= x"),
	    SLICE("\xe6\x97\xa5\xe6\x9c\xac x") },
	{ "iso-2022-jp twice", SLICE("=?ISO-2022-JP?B?GyRCRnwbKEI=?=\n"
	    " =?ISO-2022-JP?B?GyRCS1wbKEI=?="),
	    SLICE("\xe6\x97\xa5\xe6\x9c\xac") },
	{ "gb18030", SLICE("=?GB18030?Q?=C4=E3=BA=C3=81=30=81=30?="),
	    SLICE(NIHAO "\xc2\x80") },
	{ "gb2312 means more", SLICE("=?gb2312?B?xOOX2A==?="),
	    SLICE("\xe4\xbd\xa0\xe6\xa4\xae") },
	{ "shift_jis", SLICE("=?Shift_JIS?Q?=87=40?="),
	    SLICE("\xe2\x91\xa0") },
	{ "iso-8859-15, split",
	    SLICE("=?iso-8859-15?Q?=A4?="
	    " =?iso-8859-15?B?pg==?="),
	    SLICE("\xe2\x82\xac\xc5\xa0") },
	{ "windows-1252, split",
	    SLICE("=?windows-1252?Q?=84?="
	    " =?windows-1252?B?gA==?="),
	    SLICE("\xe2\x80\x9e\xe2\x82\xac") },
	{ "euc-kr, split",
	    SLICE("=?euc-kr?Q?=BE=C8=B3?="
	    " =?euc-kr?B?5w==?="),
	    SLICE("\xec\x95\x88\xeb\x85\x95") },
	{ "big5, split",
	    SLICE("=?big5?Q?=A7=41=A6?="
	    " =?big5?B?bg==?="),
	    SLICE("\xe4\xbd\xa0\xe5\xa5\xbd") },
	{ "shift_jis, split",
	    SLICE("=?shift_jis?Q?=93=FA=83?="
	    " =?shift_jis?B?ZQ==?="),
	    SLICE("\xe6\x97\xa5\xe3\x83\x86") },
	{ "gb18030, split",
	    SLICE("=?gb18030?Q?=C4=E3=94?="
	    " =?gb18030?B?Ofw2?="),
	    SLICE("\xe4\xbd\xa0\xf0\x9f\x98\x80") },
	{ "unknown charset", SLICE("a =?x-no?Q?b=20?= =?x-no?Q?c?="),
	    SLICE("a =?x-no?Q?b=20?= =?x-no?Q?c?=") },
	{ "iconv's own syntax", SLICE("=?utf-16//IGNORE?Q?b?="),
	    SLICE("=?utf-16//IGNORE?Q?b?=") },
	{ "unknown between", SLICE("=?utf-8?Q?a?= =?x-no?Q?b?= "
	    "=?utf-8?Q?c?="), SLICE("a =?x-no?Q?b?= c") },
	{ "unknown encoding", SLICE("=?utf-8?X?a?="),
	    SLICE("=?utf-8?X?a?=") },
	{ "no base64", SLICE("=?utf-8?B?a!b?="),
	    SLICE("=?utf-8?B?a!b?=") },
	{ "bad hexadecimal", SLICE("=?utf-8?Q?a=ZZb=4?="),
	    SLICE("a=ZZb=4") },
	{ "bad UTF-8", SLICE("=?utf-8?Q?a=FFb?="),
	    SLICE("a\xef\xbf\xbd" "b") },
	{ "inside a word", SLICE("(=?utf-8?Q?a?=)\"=?utf-8?Q?b?=\""),
	    SLICE("(a)\"b\"") },
	{ "spaces inside", SLICE("=?utf-8?Q?a b?="), SLICE("a b") },
	{ "not ended", SLICE("=?utf-8?Q?a"), SLICE("=?utf-8?Q?a") },
	{ "markers", SLICE("=?=?=?=?"), SLICE("=?=?=?=?") },
	{ "no charset", SLICE("=??Q?a?="), SLICE("=??Q?a?=") },
	{ "line ends inside", SLICE("=?utf-8?Q?a=0D=0ABcc:_b=00?="),
	    SLICE("a\r\nBcc: b\0") },
	{ "raw UTF-8", SLICE("Gr\xc3\xbc"), SLICE("Gr\xc3\xbc") },
	{ "raw windows-1252", SLICE("Gr\xfc\x80"),
	    SLICE("Gr\xc3\xbc\xe2\x82\xac") },
};

static void
decoding(void)
{
	for (size_t i = 0; i < COUNT(encoded); i++) {
		struct buf out = BUF(1000);

		CASE(encoded[i].name);
		CHECK_INT(word_decode(encoded[i].in, &out), 0);
		CHECK_SLICE(buf_slice(&out), encoded[i].want);
		for (size_t n = 0; n < encoded[i].in.n; n++) {
			struct slice part =
			    unit_exact(slice_sub(encoded[i].in, 0, n));

			buf_clear(&out);
			CHECK_INT(word_decode(part, &out), 0);
			CHECK(utf8_valid(buf_slice(&out)));
			free((char *)(uintptr_t)part.p);
		}
		buf_free(&out);
	}
}

static void
encoding(void)
{
	static const struct {
		const char *in, *want, *phrase;
	} cases[] = {
		{ "", "", "" },
		{ "plain text", "plain text", "plain text" },
		{ "J. Doe, \"x\" \\", "J. Doe, \"x\" \\",
		    "\"J. Doe, \\\"x\\\" \\\\\"" },
		{ "Re: Gr\xc3\xbc\xc3\x9f" "e an alle",
		    "Re: =?UTF-8?B?R3LDvMOfZQ==?= an alle",
		    "=?UTF-8?B?UmU6IEdyw7zDn2U=?= an alle" },
		{ "Die Gr\xc3\xb6" "ssenordnungen",
		    "Die =?UTF-8?Q?Gr=C3=B6ssenordnungen?=",
		    "Die =?UTF-8?Q?Gr=C3=B6ssenordnungen?=" },
		{ "a \xc3\xbc b c \xc3\xbc d",
		    "a =?UTF-8?B?w7wgYiBjIMO8?= d",
		    "a =?UTF-8?B?w7wgYiBjIMO8?= d" },
		{ NIHAO, "=?UTF-8?B?5L2g5aW9?=", "=?UTF-8?B?5L2g5aW9?=" },
		{ "=?a", "=?UTF-8?B?PT9h?=", "=?UTF-8?B?PT9h?=" },
		{ "a  b", "a  b", "\"a  b\"" },
		{ " a", " a", "\" a\"" },
		{ "a ", "a ", "\"a \"" },
		{ "a\tb", "a\tb", "\"a\tb\"" },
		{ "a\x1b", "=?UTF-8?Q?a=1B?=", "=?UTF-8?Q?a=1B?=" },
		{ "aaaa (\xc3\xbc) \"aaaaaa",
		    "aaaa =?UTF-8?B?KMO8KQ==?= \"aaaaaa",
		    "aaaa =?UTF-8?B?KMO8KSAiYWFhYWFh?=" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(1000);

		CASE(cases[i].in);
		CHECK_INT(word_encode(slice_str(cases[i].in), 0, &out), 0);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_clear(&out);
		CHECK_INT(word_encode(slice_str(cases[i].in), 1, &out), 0);
		CHECK_STR(buf_str(&out), cases[i].phrase);
		buf_free(&out);
	}
}

static void
refused(void)
{
	struct buf out = BUF(1000), small = BUF(19);

	CHECK_INT(word_encode(SLICE("a\nBcc: x"), 0, &out), -1);
	CHECK_INT(word_encode(SLICE("\xc3\xbc\r"), 0, &out), -1);
	CHECK_INT(word_encode(SLICE("\xc3\xbc\0"), 1, &out), -1);
	CHECK_INT(word_encode(SLICE("\xfc"), 0, &out), -1);
	CHECK_INT(out.n, 0);
	CHECK_INT(word_encode(SLICE("\xc3\xbc\xc3\xbc\xc3\xbc"), 0, &small),
	    -1);
	CHECK_INT(word_decode(SLICE("123456789012345678901"), &small), -1);
	buf_free(&out);
	buf_free(&small);
}

/* Text of any length comes back, from words of at most 66 characters each of
 * which is whole. */
static void
round_trips(void)
{
	static const char *const characters[] = { "a", "\xc3\xbc",
		"\xe4\xbd\xa0", "\xf0\x9f\x98\x80", ".", "?", "_", "b" };

	for (unsigned n = 1; n < 300; n++) {
		struct buf text = BUF(2000), coded = BUF(9000);
		struct buf back = BUF(9000);
		struct slice rest, word;

		for (unsigned i = 0; i < n; i++) {
			unsigned x = (i * i + n) * 2654435761u;

			(void)buf_adds(&text, i % 9 == 5 ? " "
				: characters[(x >> 20) % (n % 8 + 1)]);
		}
		CHECK_INT(word_encode(buf_slice(&text), n & 1, &coded), 0);
		CHECK(utf8_ascii(buf_slice(&coded)));
		for (rest = buf_slice(&coded); slice_word(&rest, &word);) {
			if (!slice_starts(word, SLICE("=?")))
				continue;
			CHECK(word.n <= 66);
			buf_clear(&back);
			CHECK_INT(word_decode(word, &back), 0);
			CHECK(memmem(back.p, back.n, "\xef\xbf\xbd", 3) ==
			    NULL);
		}
		buf_clear(&back);
		CHECK_INT(word_decode(buf_slice(&coded), &back), 0);
		if (coded.p[0] != '"')
			CHECK_SLICE(buf_slice(&back),
			    slice_trim(buf_slice(&text)));
		buf_free(&text);
		buf_free(&coded);
		buf_free(&back);
	}
}

static void
checked(void)
{
	static const struct {
		const char *in;
		int want;
	} cases[] = {
		{ "plain", 0 },
		{ "=?utf-8?q?a=20b?=", 0 },
		{ "=?utf-8?q?a=0Ab?=", -1 },
		{ "x=?utf-8?B?YQ0=?=", -1 },
		{ "=?utf-8?q?=00?= y", -1 },
		{ "=?x-unknown?q?=0A?=", 0 },
	};
	struct fail f;

	for (size_t i = 0; i < COUNT(cases); i++) {
		CASE(cases[i].in);
		CHECK_INT(word_check("X", slice_str(cases[i].in), &f),
		    cases[i].want);
		if (cases[i].want == -1)
			CHECK_INT(f.class, EX_DATAERR);
	}
}

int
main(void)
{
	RUN(decoding);
	RUN(encoding);
	RUN(refused);
	RUN(round_trips);
	RUN(checked);
	return unit_done();
}
