/* SPDX-License-Identifier: ISC */
/* boundary: the hash, the text, the search. */

#include "../../cmd/mime/boundary.h"
#include "unit.h"

static uint64_t
sum(struct slice s, size_t piece)
{
	struct boundary_hash h = { 0 };

	for (size_t i = 0; i < s.n; i += piece)
		boundary_mix(&h, slice_sub(s, i, i + piece));
	return boundary_sum(&h);
}

static void
hash_ignores_pieces(void)
{
	struct slice s = unit_exact(
	    SLICE("The quick brown fox jumps over the lazy dog.\n\0\0x"));

	for (size_t piece = 1; piece < s.n; piece++)
		CHECK(sum(s, piece) == sum(s, s.n));
	free((char *)s.p);
}

static void
hash_tells_inputs_apart(void)
{
	static const struct slice inputs[] = { { "", 0 }, { "\0", 1 },
		{ "\0\0", 2 }, { "\0\0\0\0\0\0\0\0", 8 }, { "a", 1 },
		{ "a\0", 2 }, { "abcdefgh", 8 }, { "abcdefgi", 8 },
		{ "bbcdefgh", 8 }, { "abcdefgh\0", 9 } };
	size_t n = sizeof(inputs) / sizeof(inputs[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(sum(inputs[i], 64) != sum(inputs[k], 64));
}

/* No byte of a long input is without effect. */
static void
hash_sees_each_byte(void)
{
	char text[100] = { 0 };
	struct slice s = { text, sizeof(text) };
	uint64_t zeros = sum(s, s.n), before = zeros;

	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = 1;
		CHECK(sum(s, s.n) != zeros && sum(s, s.n) != before);
		CHECK(sum(s, 7) == sum(s, s.n));
		before = sum(s, s.n);
		text[i] = 0;
	}
}

/* No two words of eight bytes can change places. */
static void
hash_sees_the_order(void)
{
	char text[160], word[8];
	struct slice s = { text, sizeof(text) };
	uint64_t before;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * i / 7);
	before = sum(s, s.n);
	for (size_t i = 0; i < sizeof(text); i += 8)
		for (size_t k = 0; k < i; k += 8) {
			memcpy(word, text + i, 8);
			memmove(text + i, text + k, 8);
			memcpy(text + k, word, 8);
			CHECK(sum(s, s.n) != before);
			memcpy(text + k, text + i, 8);
			memcpy(text + i, word, 8);
		}
	CHECK(sum(s, s.n) == before);
}

static void
texts_differ_by_number(void)
{
	char a[BOUNDARY_TEXT], b[BOUNDARY_TEXT];

	CHECK_STR(boundary_text(a, UINT64_C(0x0123456789abcdef), 0),
	    "=_0123456789abcdef");
	for (uint64_t i = 1; i < 1000; i++) {
		CHECK(strcmp(a, boundary_text(b, UINT64_C(0x123), i)) != 0);
		CHECK_INT(strlen(b), BOUNDARY_TEXT - 1);
	}
}

static int
found(const char *text, struct slice s, size_t piece)
{
	struct boundary_search search = boundary_search(slice_str(text));

	for (size_t i = 0; i < s.n; i += piece)
		boundary_seek(&search, slice_sub(s, i, i + piece));
	return search.found;
}

static void
search_finds_lines(void)
{
	static const struct {
		const char *name, *text;
		int want;
	} cases[] = {
		{ "empty", "", 0 },
		{ "first line", "--=_ab", 1 },
		{ "longer line", "--=_abc\n", 1 },
		{ "later line", "x\n\n--=_ab\n", 1 },
		{ "close delimiter", "\n--=_ab--\n", 1 },
		{ "inside a line", "x--=_ab\n", 0 },
		{ "after a third dash", "---=_ab\n", 0 },
		{ "too short", "--=_a\n", 0 },
		{ "cut by a line end", "--=_\nab\n", 0 },
		{ "after one that nearly is", "--=_a\n--=_ab", 1 },
		{ "after dashes", "--\n--=_ab", 1 },
		{ "after CRLF", "x\r\n--=_ab\r\n", 1 },
		{ "quoted", "> --=_ab\n", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = unit_exact(slice_str(cases[i].text));

		CASE(cases[i].name);
		for (size_t piece = 1; piece <= s.n; piece++)
			CHECK_INT(found("=_ab", s, piece), cases[i].want);
		free((char *)s.p);
	}
}

static void
search_restarts_at_a_line(void)
{
	struct boundary_search search = boundary_search(SLICE("=_ab"));

	boundary_seek(&search, SLICE("no line end"));
	boundary_restart(&search);
	boundary_seek(&search, SLICE("--=_ab"));
	CHECK(search.found);
	search = boundary_search(SLICE("=_ab"));
	boundary_seek(&search, SLICE("--=_"));
	boundary_restart(&search);
	boundary_seek(&search, SLICE("ab"));
	CHECK(!search.found);
}

/* A piece that begins in the middle of a line knows nothing of the bytes that
 * lie before it in memory. */
static void
search_goes_on_in_a_line(void)
{
	struct boundary_search search = boundary_search(SLICE("=_ab"));
	struct slice s = SLICE("\n--=_ab");

	boundary_seek(&search, SLICE("text"));
	boundary_seek(&search, slice_sub(s, 1, s.n));
	CHECK(!search.found);
	boundary_seek(&search, s);
	CHECK(search.found);
}

int
main(void)
{
	RUN(hash_ignores_pieces);
	RUN(hash_tells_inputs_apart);
	RUN(hash_sees_each_byte);
	RUN(hash_sees_the_order);
	RUN(texts_differ_by_number);
	RUN(search_finds_lines);
	RUN(search_restarts_at_a_line);
	RUN(search_goes_on_in_a_line);
	return unit_done();
}
