/* SPDX-License-Identifier: ISC */
/* Tests of text: foreign bytes made fit to be shown. */

#include "text.h"
#include "unit.h"
#include "utf8.h"

#define MARK "\xcc\x81"
#define EIGHT MARK MARK MARK MARK MARK MARK MARK MARK

static void
shown(void)
{
	char out[TEXT_SHOWN];

	CHECK_STR(text_show(out, SLICE("plain \\ text")), "plain \\ text");
	CHECK_STR(text_show(out, SLICE("")), "");
	CHECK_STR(text_show(out, SLICE("a\r\nb\0c\x1b[2J")),
	    "a\\x0d\\x0ab\\x00c\\x1b[2J");
	CHECK_STR(text_show(out, SLICE("Gr\xc3\xbc\xc3\x9f" "e")),
	    "Gr\xc3\xbc\xc3\x9f" "e");
	CHECK_STR(text_show(out, SLICE("\xe2\x80\xae" "fdp.exe")),
	    "\\xe2\\x80\\xae" "fdp.exe");
	CHECK_STR(text_show(out, SLICE("\xff\xc3")), "\\xff\\xc3");
	CHECK_STR(TEXT_SHOW(SLICE("%s%n")), "%s%n");
	CHECK_STR(TEXT_SHOW(SLICE("a" EIGHT MARK "b" EIGHT)),
	    "a" EIGHT "\\xcc\\x81" "b" EIGHT);
}

/* Cut at the room, never in the middle of a character or an escape. */
static void
cut(void)
{
	static char text[1000];
	char out[TEXT_SHOWN];

	for (size_t lead = 0; lead < 4; lead++) {
		struct slice got;

		memset(text, 'a', lead);
		for (size_t i = lead; i + 1 < sizeof(text); i += 2)
			memcpy(text + i, "\xc3\xbc", 2);
		got = slice_str(
		    text_show(out, (struct slice){ text, sizeof(text) }));
		CHECK(got.n == TEXT_SHOWN - 1 || got.n == TEXT_SHOWN - 2);
		CHECK(utf8_valid(got));
		memset(text + lead, 0x1b, sizeof(text) - lead);
		got = slice_str(
		    text_show(out, (struct slice){ text, sizeof(text) }));
		CHECK(got.n > TEXT_SHOWN - 5 && got.n < TEXT_SHOWN);
		CHECK_INT((got.n - lead) % 4, 0);
	}
}

static void
columns(void)
{
	static const struct {
		struct slice in;
		const char *file, *tty;
	} cases[] = {
		{ SLICE("a b"), "a b", "a b" },
		{ SLICE("a\tb\nc\rd\0e\\f"), "a\\tb\\nc\\rd\\0e\\\\f",
		    "a\\tb\\nc\\rd\\0e\\\\f" },
		{ SLICE("\x1b[31m"), "\x1b[31m", "\\x1b[31m" },
		{ SLICE("\xc3\xbc\xff"), "\xc3\xbc\xff", "\xc3\xbc\\xff" },
		{ SLICE("\xe2\x80\xae"), "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ SLICE("a" EIGHT MARK MARK), "a" EIGHT MARK MARK,
		    "a" EIGHT "\\xcc\\x81\\xcc\\x81" },
		{ SLICE("a" EIGHT "b" MARK "\t" EIGHT "\xc3\xbc" EIGHT),
		    "a" EIGHT "b" MARK "\\t" EIGHT "\xc3\xbc" EIGHT,
		    "a" EIGHT "b" MARK "\\t" EIGHT "\xc3\xbc" EIGHT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(100);

		CHECK_INT(text_column(&b, cases[i].in, 0), 0);
		CHECK_STR(buf_str(&b), cases[i].file);
		buf_clear(&b);
		CHECK_INT(text_column(&b, cases[i].in, 1), 0);
		CHECK_STR(buf_str(&b), cases[i].tty);
		buf_free(&b);
	}
}

static void
full(void)
{
	struct buf b = BUF(3);

	CHECK_INT(text_column(&b, SLICE("ab\n"), 0), -1);
	CHECK_INT(text_column(&b, SLICE("\x1b"), 1), -1);
	CHECK_INT(text_column(&b, SLICE("abcd"), 0), -1);
	buf_free(&b);
}

int
main(void)
{
	RUN(shown);
	RUN(cut);
	RUN(columns);
	RUN(full);
	return unit_done();
}
