/* SPDX-License-Identifier: ISC */
/*
 * quoted: quoted-printable is encoded; see quoted.h, and quoted_decode.c for
 * the other direction.
 *
 * By blocks, where plain bytes are copied up to the next special one; single
 * bytes are looked at where this does not do, and at the end of a piece.  What
 * that leaves open is held.
 */

#include <string.h>

#include "block.h"
#include "quoted.h"

enum { WIDTH = 75 }; /* of a line, without the "=" of a soft break */

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static char *
put(struct slice s, char *to)
{
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

/* The length of the line end at the front of "s", 0 where there is none; -1
 * where it depends on bytes that have not come. */
static int
line_end(const struct enc_encoder *e, struct slice s, int last)
{
	if (!e->text || s.n == 0)
		return 0;
	if (s.p[0] == '\n')
		return 1;
	if (s.p[0] != '\r')
		return 0;
	if (s.n == 1)
		return last ? 0 : -1;
	return s.p[1] == '\n' ? 2 : 0;
}

static int
is_plain(int c)
{
	return c > ' ' && c <= '~' && c != '=';
}

/* 1 if the first byte of "s" must be escaped, 0 if not, -1 as above. */
static int
must_escape(const struct enc_encoder *e, struct slice s, int last)
{
	struct slice from = SLICE("From ");
	int c = s.p[0], end;

	if (is_blank(c)) {
		if (s.n == 1)
			return last ? 1 : -1;
		end = line_end(e, slice_sub(s, 1, s.n), last);
		return end > 0 ? 1 : end;
	}
	if (!is_plain(c))
		return 1;
	if (e->column > 0 || (c != '.' && c != 'F' && c != '-'))
		return 0;
	if (c == '-' && s.n == 1)
		return e->dashes && !last ? -1 : 0;
	if (c == '-')
		return e->dashes && s.p[1] == '-';
	if (c == '.' || slice_starts(s, from))
		return 1;
	return !last && slice_starts(from, s) ? -1 : 0;
}

static char *
put_escape(int c, char *to)
{
	static const char hex[] = "0123456789ABCDEF";

	*to++ = '=';
	*to++ = hex[c >> 4];
	*to++ = hex[c & 15];
	return to;
}

/* "n" more bytes go to the line, behind a soft break where it has no room. */
static char *
make_room(struct enc_encoder *e, size_t n, char *to)
{
	if (e->column + n > WIDTH) {
		to = put(SLICE("=\n"), to);
		e->column = 0;
	}
	e->column += n;
	return to;
}

static char *
escape_byte(struct enc_encoder *e, int c, char *to)
{
	return put_escape(c, make_room(e, 3, to));
}

/* How many of "n" plain bytes of a block, the first of them "c", may be
 * copied to the line; 0 where the first must be decided on. */
static size_t
fitting(const struct enc_encoder *e, int c, size_t n)
{
	if (e->column == 0 &&
	    (c == '.' || c == 'F' || (c == '-' && e->dashes)))
		return 0;
	return n < WIDTH - e->column ? n : WIDTH - e->column;
}

/* Encodes the special byte at p[i]: how many bytes were taken, or 0 where that
 * is to be decided.  A space before a line end was copied already. */
static size_t
encode_special(struct enc_encoder *e, const char *p, size_t i, char **to)
{
	size_t end = 0;

	if (e->text && p[i] == '\n')
		end = 1;
	else if (e->text && p[i] == '\r' && p[i + 1] == '\n')
		end = 2;
	if (end > 0) {
		if (i > 0 && p[i - 1] == ' ') {
			e->column--;
			*to = escape_byte(e, ' ', *to - 1);
		}
		*(*to)++ = '\n';
		e->column = 0;
		return end;
	}
	if (p[i] == '\t' && (p[i + 1] == '\n' || p[i + 1] == '\r'))
		return 0;
	if (p[i] != '\t') {
		*to = escape_byte(e, (unsigned char)p[i], *to);
		return 1;
	}
	*to = make_room(e, 1, *to);
	*(*to)++ = '\t';
	return 1;
}

/* Encodes the block at "p", and up to 63 bytes more: how many were taken. */
static size_t
encode_block(struct enc_encoder *e, const char *p, char **to)
{
	uint64_t special = block_way()->special(p);
	size_t i = 0, n;

	while (i < BLOCK) {
		uint64_t set = special >> i;

		if (set & 1) {
			if ((n = encode_special(e, p, i, to)) == 0)
				return i;
			i += n;
			continue;
		}
		if (e->column == WIDTH) {
			*to = put(SLICE("=\n"), *to);
			e->column = 0;
		}
		n = set == 0 ? BLOCK - i : block_first(set);
		if ((n = fitting(e, p[i], n)) == 0)
			return i;
		memcpy(*to, p + i, BLOCK);
		*to += n;
		e->column += n;
		i += n;
	}
	if (i == BLOCK && p[i - 1] == ' ' && (p[i] == '\n' || p[i] == '\r')) {
		(*to)--;
		e->column--;
		i--;
	}
	return i;
}

/* Encodes by blocks off the front of "s", up to what takes a closer look, or
 * to where too little is left. */
static char *
encode_blocks(struct enc_encoder *e, struct slice *s, char *to)
{
	size_t n = 1;

	/* UNSAFE: a copy of a block begins in the first one; the room has
	 * 1024 bytes more than are encoded. */
	while (n > 0 && s->n >= 2 * BLOCK) {
		n = encode_block(e, s->p, &to);
		*s = slice_sub(*s, n, s->n);
	}
	return to;
}

/* Encodes from the front of "s" what can be decided on; "last" says that
 * nothing comes after it.  Without that up to four bytes stay. */
static char *
encode(struct enc_encoder *e, struct slice *s, int last, char *to)
{
	int end, escape;

	while (s->n > 0) {
		to = encode_blocks(e, s, to);
		if ((end = line_end(e, *s, last)) == -1 ||
		    (escape = must_escape(e, *s, last)) == -1)
			break;
		if (end > 0) {
			*to++ = '\n';
			*s = slice_sub(*s, (size_t)end, s->n);
			e->column = 0;
		} else if (e->column + (escape ? 3 : 1) > WIDTH) {
			to = put(SLICE("=\n"), to);
			e->column = 0;
		} else if (escape) {
			to = escape_byte(e, slice_getc(s), to);
		} else {
			*to++ = (char)slice_getc(s);
			e->column++;
		}
	}
	return to;
}

/* Moves bytes from "in" behind those that are held. */
static void
hold(struct enc_encoder *e, struct slice *in)
{
	size_t room = sizeof(e->held) - e->nheld;
	struct slice part = slice_sub(*in, 0, room);

	(void)put(part, e->held + e->nheld);
	e->nheld += part.n;
	*in = slice_sub(*in, part.n, in->n);
}

char *
quoted_encode(struct enc_encoder *e, struct slice in, char *to)
{
	struct slice window, all = in;
	size_t before = e->nheld;

	if (before > 0) {
		hold(e, &in);
		window = (struct slice){ e->held, e->nheld };
		to = encode(e, &window, 0, to);
		if (in.n == 0) {
			memmove(e->held, window.p, window.n);
			e->nheld = window.n;
			return to;
		}
		in = slice_sub(all, e->nheld - window.n - before, all.n);
		e->nheld = 0;
	}
	to = encode(e, &in, 0, to);
	hold(e, &in);
	return to;
}

char *
quoted_encode_end(struct enc_encoder *e, char *to)
{
	struct slice window = { e->held, e->nheld };

	to = encode(e, &window, 1, to);
	e->nheld = 0;
	return to;
}
