/* SPDX-License-Identifier: ISC */
/*
 * quoted_decode: quoted-printable is decoded; see quoted.h.
 *
 * Blocks are copied from stop to stop; single bytes are looked at where this
 * does not do, and at the end of a piece.  What that leaves open is held.
 */

#include <string.h>

#include "block.h"
#include "quoted.h"

enum { HELD = 1000 }; /* the longest run of spaces that is dropped */

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static int
is_hex(int c)
{
	return slice_hexdigit((unsigned char)c) != -1;
}

static char *
put(struct slice s, char *to)
{
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

/*
 *	held		next byte	then
 *	------------------------------------------------------------------
 *	nothing		= SP TAB	it is held
 *			other		it comes out
 *	SP.. [CR]	LF		the line end comes out alone
 *	SP..		SP TAB CR	it is held too
 *	=		two hex		the byte comes out
 *	= SP.. [CR]	LF		nothing comes out: a soft break
 *	= SP..		SP TAB CR	it is held too
 *	= ..		other		"=" comes out, and again with the rest
 *	other		other		all comes out, and again with nothing
 */
static int
goes_on(const struct enc_decoder *d, int c)
{
	int last = d->held[d->nheld - 1], escape = d->held[0] == '=';

	if (last == '\r')
		return c == '\n';
	if (escape && d->nheld == 2 && is_hex(last))
		return is_hex(c);
	if (is_blank(c))
		return d->nheld < HELD;
	return c == '\r' || c == '\n' || (d->nheld == 1 && escape && is_hex(c));
}

static char *
release(struct enc_decoder *d, char *to)
{
	struct slice held = { d->held, d->nheld };

	if (d->held[0] != '=') {
		d->nheld = 0;
		return put(held, to);
	}
	d->flaws |= ENC_FLAW_ESCAPE;
	*to++ = '=';
	d->nheld--;
	memmove(d->held, d->held + 1, d->nheld);
	if (d->nheld == 1 && !is_blank(d->held[0])) {
		*to++ = d->held[0];
		d->nheld = 0;
	}
	return to;
}

static char *
decode_byte(struct enc_decoder *d, int c, char *to)
{
	while (d->nheld > 0 && !goes_on(d, c))
		to = release(d, to);
	if (d->nheld == 0 && c != '=' && !is_blank(c)) {
		*to++ = (char)c;
		return to;
	}
	d->held[d->nheld++] = (char)c;
	if (c == '\n') {
		if (d->held[0] != '=' && d->held[d->nheld - 2] == '\r')
			*to++ = '\r';
		if (d->held[0] != '=')
			*to++ = '\n';
		d->nheld = 0;
	} else if (d->nheld == 3 && d->held[0] == '=' && is_hex(d->held[1])) {
		c = slice_hexdigit(d->held[1]) << 4 | slice_hexdigit(c);
		*to++ = (char)c;
		d->nheld = 0;
	}
	return to;
}

/* The value of a hexadecimal digit, and 1; 0 where it is none. */
static const unsigned char digits[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* UNSAFE: 3 bytes are at "p", the first of them "=", and room for one is at
 * *to.  Decodes an escape or a soft break: its length, or 0. */
static size_t
decode_escape(const char *p, char **to)
{
	unsigned high = digits[(unsigned char)p[1]];
	unsigned low = digits[(unsigned char)p[2]];

	if (high > 0 && low > 0) {
		*(*to)++ = (char)((high - 1) << 4 | (low - 1));
		return 3;
	}
	if (p[1] == '\n')
		return 2;
	return p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

/* The bytes of a block that cannot be copied: "=", and a space before a line
 * end, which may be superfluous. */
static uint64_t
stops(struct enc_decoder *d, const char *p)
{
	struct block_coded sets;
	uint64_t behind = p[BLOCK] == '\n' || p[BLOCK] == '\r';

	block_way()->coded(p, &sets);
	if (sets.eight_bit != 0)
		d->flaws |= ENC_FLAW_EIGHT_BIT;
	return sets.equals |
	    (sets.blanks & (sets.ends >> 1 | behind << (BLOCK - 1)));
}

/* Decodes by blocks off the front of "in", up to what takes a closer look, or
 * to where too little is left.  Spaces there are left too. */
static char *
decode_blocks(struct enc_decoder *d, struct slice *in, char *to)
{
	const char *p = in->p, *end = p + in->n;
	int going = 1;

	/* UNSAFE: a copy of a block begins in the first one; the room has
	 * 1024 bytes more than are decoded. */
	while (going && end - p >= 2 * BLOCK) {
		const char *block = p;
		uint64_t set = stops(d, block);
		size_t n, at = 0;

		while (at < BLOCK) {
			n = set >> at == 0 ? BLOCK - at :
			    block_first(set >> at);
			memcpy(to, p, BLOCK);
			to += n;
			p += n;
			if (at + n == BLOCK)
				break;
			going = *p == '=' && (n = decode_escape(p, &to)) > 0;
			if (!going)
				break;
			p += n;
			at = (size_t)(p - block);
		}
	}
	for (; p > in->p && is_blank(p[-1]); p--)
		to--;
	*in = (struct slice){ p, (size_t)(end - p) };
	return to;
}

char *
quoted_decode(struct enc_decoder *d, struct slice in, char *to)
{
	int c;

	while (in.n > 0) {
		if (d->nheld == 0 && in.n >= 2 * BLOCK)
			to = decode_blocks(d, &in, to);
		c = slice_getc(&in);
		if (c >= 0x80)
			d->flaws |= ENC_FLAW_EIGHT_BIT;
		to = decode_byte(d, c, to);
	}
	return to;
}

char *
quoted_decode_end(struct enc_decoder *d, char *to)
{
	struct slice held = { d->held, d->nheld };

	/* The line end that follows belongs to a delimiter: spaces and a soft
	 * break before it stand at the end of a line. */
	if (held.n == 2 && held.p[0] == '=' && is_hex(held.p[1])) {
		d->flaws |= ENC_FLAW_ESCAPE;
		to = put(held, to);
	} else if (held.n > 0 && held.p[0] != '=' &&
	    held.p[held.n - 1] == '\r') {
		*to++ = '\r';
	}
	d->nheld = 0;
	return to;
}
