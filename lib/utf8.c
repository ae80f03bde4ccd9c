/* SPDX-License-Identifier: ISC */
/* utf8: one character at a time; see utf8.h. */

#include <string.h>

#include "block.h"
#include "utf8.h"

/* RFC 3629, 4: the first byte gives the length, and with it the least code
 * point that may be written so. */
static const struct {
	unsigned char mask, lead;
	int rest;
	int32_t least;
} forms[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static int32_t
decode(struct slice s, int rest, int32_t c)
{
	int i;

	if (s.n < (size_t)rest + 1)
		return -2;
	for (i = 1; i <= rest; i++) {
		unsigned char byte = (unsigned char)s.p[i];

		if ((byte & 0xc0) != 0x80)
			return -2;
		c = c << 6 | (byte & 0x3f);
	}
	return c;
}

int32_t
utf8_next(struct slice *s)
{
	int first = slice_peek(*s);
	int32_t c;
	size_t i;

	if (first == -1)
		return -1;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((first & forms[i].mask) != forms[i].lead)
			continue;
		c = decode(*s, forms[i].rest, first & ~forms[i].mask);
		if (c < forms[i].least || c > 0x10ffff ||
		    (c >= 0xd800 && c <= 0xdfff))
			break;
		*s = slice_sub(*s, (size_t)forms[i].rest + 1, s->n);
		return c;
	}
	(void)slice_getc(s);
	return -2;
}

int
utf8_add(struct buf *out, int32_t c)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	char bytes[4];
	int i;

	bytes[0] = (char)(lead[n] | c >> 6 * (n - 1));
	for (i = 1; i < n; i++)
		bytes[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
	return buf_add(out, (struct slice){ bytes, (size_t)n });
}

size_t
utf8_size(unsigned char lead)
{
	if (lead < 0xc2 || lead > 0xf4)
		return 1;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* "s" without the whole words of ASCII at its front. */
static struct slice
skip_ascii(struct slice s)
{
	uint64_t word;
	size_t n;

	for (n = 0; s.n - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.p + n, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	return slice_sub(s, n, s.n);
}

/* How many bytes stand before a character that is cut off at the end. */
static size_t
whole_characters(struct slice s)
{
	size_t n;

	for (n = 1; n <= 3 && n <= s.n; n++) {
		unsigned char c = (unsigned char)s.p[s.n - n];

		if ((c & 0xc0) != 0x80)
			return utf8_size(c) > n ? s.n - n : s.n;
	}
	return s.n;
}

/* Whether "second" may follow "first", where not every byte from 80 to bf may:
 * what is overlong, a surrogate or past the end shows there. */
static int
may_follow(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	default: /* 0xf4 */
		return second < 0x90;
	}
}

/* Whether the block that "s" begins with is UTF-8.  *due has the bytes at its
 * start that belong to characters before it, and then those of the next. */
static int
block_valid(const struct block_utf8 *sets, struct slice s, uint64_t *due)
{
	uint64_t first = sets->eight_bit & ~sets->rest, set;
	uint64_t rest = first << 1 | sets->three << 2 | sets->four << 3 | *due;

	*due = first >> 63 | sets->three >> 62 | sets->four >> 61;
	if (rest != sets->rest || sets->never != 0)
		return 0;
	for (set = sets->narrow; set != 0; set &= set - 1) {
		size_t at = block_first(set);

		if (at + 1 < s.n && !may_follow((unsigned char)s.p[at],
		    (unsigned char)s.p[at + 1]))
			return 0;
	}
	return 1;
}

/* Takes the characters in whole blocks off "s": 0; -1 where some are none. */
static int
take_blocks(struct slice *s)
{
	struct block_utf8 sets;
	uint64_t due = 0;
	size_t n;

	for (n = 0; s->n - n >= BLOCK; n += BLOCK) {
		block_way()->utf8(s->p + n, &sets);
		if ((sets.eight_bit | due) != 0 &&
		    !block_valid(&sets, slice_sub(*s, n, s->n), &due))
			return -1;
	}
	*s = slice_sub(*s, whole_characters(slice_sub(*s, 0, n)), s->n);
	return 0;
}

int
utf8_valid(struct slice s)
{
	int32_t c;

	if (s.n >= BLOCK && take_blocks(&s) == -1)
		return 0;
	do {
		s = skip_ascii(s);
		while ((c = utf8_next(&s)) >= 0x80)
			;
	} while (c >= 0);
	return c == -1;
}

void
utf8_stream_put(struct utf8_stream *u, struct slice piece)
{
	size_t whole;

	while (u->nheld > 0 && piece.n > 0) {
		u->held[u->nheld++] = (char)slice_getc(&piece);
		if (u->nheld < utf8_size((unsigned char)u->held[0]))
			continue;
		u->bad |= !utf8_valid((struct slice){ u->held, u->nheld });
		u->nheld = 0;
	}
	whole = whole_characters(piece);
	u->bad |= !utf8_valid(slice_sub(piece, 0, whole));
	if (whole < piece.n) {
		u->nheld = piece.n - whole;
		memcpy(u->held, piece.p + whole, u->nheld);
	}
}

int
utf8_stream_ok(const struct utf8_stream *u)
{
	return !u->bad && u->nheld == 0;
}

int
utf8_ascii(struct slice s)
{
	for (s = skip_ascii(s); s.n > 0; s = slice_sub(s, 1, s.n))
		if ((unsigned char)s.p[0] >= 0x80)
			return 0;
	return 1;
}

int
utf8_unsafe(int32_t c)
{
	static const struct {
		int32_t from, to;
	} ranges[] = {
		{ 0x0000, 0x001f },   /* C0 */
		{ 0x007f, 0x009f },   /* DEL, C1 */
		{ 0x00ad, 0x00ad },   /* soft hyphen */
		{ 0x061c, 0x061c },   /* Arabic letter mark */
		{ 0x180e, 0x180e },   /* Mongolian vowel separator */
		{ 0x200b, 0x200f },   /* zero width, direction marks */
		{ 0x2028, 0x202e },   /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },   /* word joiner, isolates, deprecated */
		{ 0xfdd0, 0xfdef },   /* non-characters */
		{ 0xfeff, 0xfeff },   /* zero width no-break space */
		{ 0xfff0, 0xfffb },   /* specials but U+FFFC, U+FFFD */
		{ 0xe0000, 0xe0fff }, /* tags */
	};
	size_t i;

	if (c >= ' ' && c <= '~') /* nearly all */
		return 0;
	if (c < 0 || (c & 0xfffe) == 0xfffe)
		return 1;
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return 1;
	return 0;
}
