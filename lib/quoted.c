/* SPDX-License-Identifier: ISC */
/*
 * quoted: quoted-printable; see quoted.h.
 *
 * Both directions copy runs of plain bytes, and look at single bytes only
 * where these begin or end.  What the end of a piece leaves open is held.
 */

#include <string.h>

#include "quoted.h"
#include "utf8.h"

enum {
	HELD = 1000, /* the longest run of spaces that is dropped */
	WIDTH = 75,  /* of a line, without the "=" of a soft break */
};

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

/* Decodes text that ends with a line or with the piece: the spaces at its end
 * may be superfluous. */
static char *
decode_end(struct enc_decoder *d, struct slice text, char *to)
{
	size_t n = text.n, end;

	n -= (size_t)slice_ends(text, SLICE("\n"));
	n -= n > 0 && text.p[n - 1] == '\r';
	for (end = n; n > 0 && is_blank(text.p[n - 1]); n--)
		;
	if (n == end)
		return put(text, to);
	to = put(slice_sub(text, 0, n), to);
	for (; n < text.n; n++)
		to = decode_byte(d, (unsigned char)text.p[n], to);
	return to;
}

/* Decodes text without "="; "last" says that the piece ends with it.  Lines
 * without spaces at their end are copied together. */
static char *
decode_text(struct enc_decoder *d, struct slice text, int last, char *to)
{
	size_t at = 0;

	for (;;) {
		at += slice_find(slice_sub(text, at, text.n), '\n');
		if (at == text.n)
			break;
		if (at > 0 &&
		    (is_blank(text.p[at - 1]) || text.p[at - 1] == '\r')) {
			to = decode_end(d, slice_sub(text, 0, at + 1), to);
			text = slice_sub(text, at + 1, text.n);
			at = 0;
		} else {
			at++;
		}
	}
	return last ? decode_end(d, text, to) : put(text, to);
}

/* Decodes the escapes and soft breaks at the front of "in". */
static char *
decode_escapes(struct enc_decoder *d, struct slice *in, char *to)
{
	while (slice_peek(*in) == '=') {
		if (in->n >= 3 && is_hex(in->p[1]) && is_hex(in->p[2])) {
			*to++ = (char)(slice_hexdigit(in->p[1]) << 4 |
			    slice_hexdigit(in->p[2]));
			*in = slice_sub(*in, 3, in->n);
		} else if (slice_starts(*in, SLICE("=\n"))) {
			*in = slice_sub(*in, 2, in->n);
		} else if (slice_starts(*in, SLICE("=\r\n"))) {
			*in = slice_sub(*in, 3, in->n);
		} else {
			return decode_byte(d, slice_getc(in), to);
		}
	}
	return to;
}

char *
quoted_decode(struct enc_decoder *d, struct slice in, char *to)
{
	struct slice text;

	if (!(d->flaws & ENC_FLAW_EIGHT_BIT) && !utf8_ascii(in))
		d->flaws |= ENC_FLAW_EIGHT_BIT;
	while (in.n > 0) {
		if (d->nheld > 0) {
			to = decode_byte(d, slice_getc(&in), to);
			continue;
		}
		(void)slice_take(&in, slice_find(in, '='), &text);
		to = decode_text(d, text, in.n == 0, to);
		to = decode_escapes(d, &in, to);
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

/* How many bytes of "s" can be copied to the line as they are: by words, then
 * by bytes from where no space can be the last. */
static size_t
plain_run(const struct enc_encoder *e, struct slice s)
{
	size_t n = 0, most = WIDTH - e->column;

	if (most > s.n)
		most = s.n;
	while (most - n >= 8 && quoted_special(s.p + n) == 0)
		n += 8;
	while (n > 0 && s.p[n - 1] == ' ')
		n--;
	while (n < most && (is_plain(s.p[n]) ||
	    (is_blank(s.p[n]) && n + 1 < s.n && is_plain(s.p[n + 1]))))
		n++;
	return n;
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

/* Encodes from the front of "s" what can be decided on; "last" says that
 * nothing comes after it.  Without that up to four bytes stay. */
static char *
encode(struct enc_encoder *e, struct slice *s, int last, char *to)
{
	struct slice run;
	int end, escape;

	while (s->n > 0 && (end = line_end(e, *s, last)) != -1 &&
	    (escape = must_escape(e, *s, last)) != -1) {
		if (end > 0) {
			*to++ = '\n';
			*s = slice_sub(*s, (size_t)end, s->n);
			e->column = 0;
		} else if (e->column + (escape ? 3 : 1) > WIDTH) {
			to = put(SLICE("=\n"), to);
			e->column = 0;
		} else if (escape) {
			to = put_escape(slice_getc(s), to);
			e->column += 3;
		} else {
			*to++ = (char)slice_getc(s);
			e->column++;
			(void)slice_take(s, plain_run(e, *s), &run);
			to = put(run, to);
			e->column += run.n;
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
