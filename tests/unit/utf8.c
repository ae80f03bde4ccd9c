/* SPDX-License-Identifier: ISC */
/* Tests of utf8: strict decoding, and which characters are unsafe. */

#include "block.h"
#include "unit.h"
#include "utf8.h"

/* Code points of a text; -2 for a byte that is no UTF-8, 0 ends a list. */
static void
decoding(void)
{
	static const struct {
		const char *in;
		int32_t want[6];
	} cases[] = {
		{ "a~\x7f", { 'a', '~', 0x7f } },
		{ "\xc3\xbc", { 0xfc } },
		{ "\xc2\x80", { 0x80 } },
		{ "\xdf\xbf", { 0x7ff } },
		{ "\xe0\xa0\x80", { 0x800 } },
		{ "\xe4\xbd\xa0\xe5\xa5\xbd", { 0x4f60, 0x597d } },
		{ "\xed\x9f\xbf", { 0xd7ff } },
		{ "\xee\x80\x80", { 0xe000 } },
		{ "\xef\xbf\xbf", { 0xffff } },
		{ "\xf0\x90\x80\x80", { 0x10000 } },
		{ "\xf0\x9f\x93\xa7", { 0x1f4e7 } },
		{ "\xf4\x8f\xbf\xbf", { 0x10ffff } },
		/* overlong */
		{ "\xc0\x80", { -2, -2 } },
		{ "\xc1\xbf", { -2, -2 } },
		{ "\xe0\x80\xaf", { -2, -2, -2 } },
		{ "\xe0\x9f\xbf", { -2, -2, -2 } },
		{ "\xf0\x8f\xbf\xbf", { -2, -2, -2, -2 } },
		/* surrogates, past the end, no lead byte */
		{ "\xed\xa0\x80", { -2, -2, -2 } },
		{ "\xed\xbf\xbf", { -2, -2, -2 } },
		{ "\xf4\x90\x80\x80", { -2, -2, -2, -2 } },
		{ "\xf8\x88\x80\x80\x80", { -2, -2, -2, -2, -2 } },
		{ "\xff", { -2 } },
		{ "\x80" "a", { -2, 'a' } },
		/* cut short, by the end and by another character */
		{ "\xc3", { -2 } },
		{ "\xe4\xbd", { -2, -2 } },
		{ "\xf0\x9f\x93", { -2, -2, -2 } },
		{ "\xc3" "a", { -2, 'a' } },
		{ "\xe4\xbd\xc3\xbc", { -2, -2, 0xfc } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice copy = unit_exact(slice_str(cases[i].in));
		struct slice s = copy;
		int valid = 1, k = 0;

		CASE(cases[i].in);
		for (; cases[i].want[k] != 0; k++) {
			CHECK_INT(utf8_next(&s), cases[i].want[k]);
			valid &= cases[i].want[k] > 0;
		}
		CHECK_INT(utf8_next(&s), -1);
		CHECK_INT(utf8_valid(copy), valid);
		free((void *)copy.p);
	}
	CHECK_INT(utf8_next(&SLICE("\0")), 0);
}

/* Every code point there and back. */
static void
all_characters(void)
{
	int32_t wrong = 0;

	for (int32_t c = 0x800; c <= 0x10ffff; c++) {
		char bytes[] = {
			(char)(c < 0x10000 ? 0xe0 | c >> 12 : 0xf0 | c >> 18),
			(char)(0x80 | (c >> (c < 0x10000 ? 6 : 12) & 0x3f)),
			(char)(0x80 | (c >> (c < 0x10000 ? 0 : 6) & 0x3f)),
			(char)(0x80 | (c & 0x3f)),
		};
		struct slice s = { bytes, c < 0x10000 ? 3 : 4 };
		int surrogate = c >= 0xd800 && c <= 0xdfff;

		wrong += utf8_next(&s) != (surrogate ? -2 : c);
	}
	CHECK_INT(wrong, 0);
}

static void
adding(void)
{
	struct buf out = BUF(4);
	int32_t c, wrong = 0;

	for (c = 0; c <= 0x10ffff; c++) {
		struct slice s;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_clear(&out);
		wrong += utf8_add(&out, c);
		s = buf_slice(&out);
		wrong += utf8_next(&s) != c || s.n != 0;
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(utf8_add(&out, 'x'), -1);
	CHECK_INT(out.n, 4);
	buf_free(&out);
}

static void
streams(void)
{
	static const struct slice cases[] = { SLICE(""), SLICE("abc"),
		SLICE("\xf0\x9f\x98\x80" "a\xc3\xbc\xe4\xbd\xa0"),
		SLICE("\xe4\xbd"), SLICE("a\xff" "bcdef"), SLICE("\xe4" "abc"),
		SLICE("\x80\x80\x80\x80"), SLICE("ab\xc0\x80"),
		SLICE("\xed\xa0\x80" "a"), SLICE("\xf4\x90\x80\x80"),
		SLICE("\xc3\xbc\xbc\xbc"), SLICE("\xf5\x80\x80\x80") };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t step = 1; step <= cases[i].n + 1; step++) {
			struct utf8_stream u = { .bad = 0 };

			for (size_t k = 0; k < cases[i].n; k += step) {
				struct slice piece = unit_exact(
				    slice_sub(cases[i], k, k + step));

				utf8_stream_put(&u, piece);
				free((char *)(uintptr_t)piece.p);
			}
			CASE(cases[i].p);
			CHECK_INT(utf8_stream_ok(&u), utf8_valid(cases[i]));
		}
	}
}

static void
sizes(void)
{
	CHECK_INT(utf8_size('a'), 1);
	CHECK_INT(utf8_size(0x80), 1);
	CHECK_INT(utf8_size(0xc1), 1);
	CHECK_INT(utf8_size(0xc2), 2);
	CHECK_INT(utf8_size(0xdf), 2);
	CHECK_INT(utf8_size(0xe0), 3);
	CHECK_INT(utf8_size(0xf0), 4);
	CHECK_INT(utf8_size(0xf4), 4);
	CHECK_INT(utf8_size(0xf5), 1);
}

/* The fast path looks at eight bytes at a time. */
static void
ascii(void)
{
	char text[20];

	CHECK(utf8_ascii(SLICE("")));
	for (size_t n = 1; n <= sizeof(text); n++) {
		memset(text, 'a', sizeof(text));
		CHECK(utf8_ascii((struct slice){ text, n }));
		for (size_t at = 0; at < n; at++) {
			text[at] = (char)0x80;
			CHECK(!utf8_ascii((struct slice){ text, n }));
			text[at] = '\0';
		}
	}
}

static void
unsafe(void)
{
	static const int32_t bad[] = { 0, '\t', '\n', '\r', 0x1b, 0x1f, 0x7f,
		0x80, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028,
		0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfdd0, 0xfeff,
		0xfff9, 0xfffe, 0xffff, 0x1fffe, 0x10ffff, 0xe0001, 0xe007f,
		-1, -2 };
	static const int32_t good[] = { ' ', '~', '\\', '"', 0xa0, 0xac, 0xae,
		0xfc, 0x200a, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070, 0x4f60,
		0xfffc, 0xfffd, 0x1f4e7 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!utf8_unsafe(bad[i]))
			CHECK_INT(bad[i], 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (utf8_unsafe(good[i]))
			CHECK_INT(good[i], 0);
}

static void
combining(void)
{
	static const int32_t marks[] = { 0x300, 0x36f, 0x483, 0x489, 0x591,
		0x5bd, 0x610, 0x64b, 0x65f, 0x93c, 0xe31, 0xe34, 0xe3a, 0xe47,
		0xe4e, 0x1ab0, 0x1dc0, 0x1dff, 0x20d0, 0x20f0, 0x302a, 0x3099,
		0xfe0f, 0xfe20, 0xfe2f, 0x101fd, 0x1e94a };
	static const int32_t others[] = { -2, -1, 0, 'a', 0xfc, 0x2ff, 0x370,
		0x482, 0x48a, 0x5be, 0x627, 0xe01, 0xe30, 0xe32, 0xe33, 0xe40,
		0x1e00, 0x20cf, 0x4f60, 0xac00, 0xfffd, 0x1f4e7, 0x10ffff };
	unsigned run = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!utf8_combining(marks[i]))
			CHECK_INT(marks[i], 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (utf8_combining(others[i]))
			CHECK_INT(others[i], 0);
	for (int i = 0; i < 20; i++)
		CHECK_INT(utf8_unfit(0x301 + i, &run), i >= UTF8_MARKS);
	CHECK(!utf8_unfit('a', &run) && !utf8_unfit(0x301, &run));
	CHECK(utf8_unfit(-2, &run) && utf8_unfit(0x202e, &run));
}

/* ASCII goes by words: what is none is seen at every place. */
static void
among_ascii(void)
{
	char text[40];

	for (size_t n = 0; n <= sizeof(text); n++)
		for (size_t at = 0; at < n; at++) {
			struct slice s;

			memset(text, 'a', sizeof(text));
			text[at] = '\xc3';
			s = unit_exact((struct slice){ text, n });
			CHECK(!utf8_ascii(s));
			CHECK(!utf8_valid(s));
			free((void *)s.p);
			if (at + 1 == n)
				continue;
			text[at + 1] = '\xbc';
			s = unit_exact((struct slice){ text, n });
			CHECK(!utf8_ascii(s));
			CHECK(utf8_valid(s));
			free((void *)s.p);
			CHECK(utf8_ascii((struct slice){ text, at }));
		}
}

/* Text that blocks are made of: what comes before and after decides nothing. */
static void
in_blocks(struct slice bytes, const char *fill)
{
	char text[160];
	struct slice whole = { text, 150 }, s = bytes;
	int32_t c;

	while ((c = utf8_next(&s)) >= 0)
		;
	for (size_t at = 40; at + bytes.n <= 144; at++) {
		/* To begin with a whole one of two, and at odd places too. */
		size_t from = fill[0] == fill[1] ? at % 3 : at % 2;
		struct slice copy;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = fill[(i + sizeof(text) - at) % 2];
		memcpy(text + at, bytes.p, bytes.n);
		for (size_t i = at + bytes.n, k = 0; i < sizeof(text); i++, k++)
			text[i] = fill[k % 2];
		copy = unit_exact(slice_sub(whole, from, at + bytes.n));
		CHECK_INT(utf8_valid(copy), c == -1);
		free((void *)copy.p);
		copy = unit_exact(slice_sub(whole, from,
		    whole.n - (bytes.n + at + whole.n) % 2));
		CHECK_INT(utf8_valid(copy), c == -1);
		free((void *)copy.p);
	}
}

/* First bytes with all second ones, and the rest good or not; among ASCII and
 * among other characters. */
static void
blocks(void)
{
	static const char *const rests[] = { "", "\x80", "\xbf\x80", "a",
		"\x80\x80\x80", "\xc3" };
	char bytes[8];

	for (unsigned first = 0xbf; first <= 0xff; first++)
		for (unsigned second = 0x7f; second <= 0xc0; second++)
			for (size_t r = 0; r < 6; r++) {
				size_t n = strlen(rests[r]);
				struct slice s = { bytes, 2 + n };

				bytes[0] = (char)first;
				bytes[1] = (char)second;
				memcpy(bytes + 2, rests[r], n);
				in_blocks(s, "aa");
				if (second % 8 == 0)
					in_blocks(s, "\xc3\xbc");
			}
}

static void
blocks_by_each_way(void)
{
	static const char *const ways[] = { "plain", "sse2", "avx2" };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (block_use(ways[i]) == 0) {
			CASE(ways[i]);
			blocks();
		}
	CHECK_INT(block_use(NULL), 0);
}

int
main(void)
{
	RUN(decoding);
	RUN(all_characters);
	RUN(adding);
	RUN(streams);
	RUN(sizes);
	RUN(ascii);
	RUN(unsafe);
	RUN(combining);
	RUN(among_ascii);
	RUN(blocks_by_each_way);
	return unit_done();
}
