/* SPDX-License-Identifier: ISC */
/* enc: content-transfer-encodings; see enc.h.  How base64 and quoted-printable
 * are done is in base64.c and quoted.c. */

#include <string.h>

#include "base64.h"
#include "enc.h"
#include "hdr.h"
#include "limits.h"
#include "quoted.h"

enum { ROOM = 1024 }; /* what may come out beyond what goes in */

static const char *const names[] = {
	[ENC_7BIT] = "7bit",
	[ENC_8BIT] = "8bit",
	[ENC_BINARY] = "binary",
	[ENC_QUOTED_PRINTABLE] = "quoted-printable",
	[ENC_BASE64] = "base64",
	[ENC_UNKNOWN] = "",
};

enum enc
enc_parse(struct slice value)
{
	struct slice token;
	size_t n = 0;
	int e;

	(void)hdr_skip_cfws(&value);
	while (n < value.n && (value.p[n] == '\0' ||
	    strchr(" \t\r\n(;", value.p[n]) == NULL))
		n++;
	token = slice_sub(value, 0, n);
	if (token.n == 0)
		return ENC_7BIT;
	for (e = ENC_7BIT; e < ENC_UNKNOWN; e++)
		if (slice_caseeq(token, slice_str(names[e])))
			break;
	return (enum enc)e;
}

const char *
enc_name(enum enc e)
{
	return names[e];
}

void
enc_decoder_init(struct enc_decoder *d, enum enc e)
{
	d->enc = e;
	d->flaws = 0;
	d->group = 0;
	d->ngroup = 0;
	d->padded = 0;
	d->nheld = 0;
	base64_init();
}

int
enc_decode(struct enc_decoder *d, struct slice in, struct buf *out)
{
	char *to = buf_room(out, in.n + ROOM);

	if (to == NULL)
		return -1;
	if (d->enc == ENC_BASE64)
		to = base64_decode(d, in, to);
	else if (d->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_decode(d, in, to);
	else
		return buf_add(out, in);
	out->n = (size_t)(to - out->p);
	return 0;
}

int
enc_decode_end(struct enc_decoder *d, struct buf *out)
{
	char *to = buf_room(out, ROOM);

	if (to == NULL)
		return -1;
	if (d->enc == ENC_BASE64)
		to = base64_decode_end(d, to);
	else if (d->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_decode_end(d, to);
	out->n = (size_t)(to - out->p);
	return 0;
}

void
enc_encoder_init(struct enc_encoder *e, enum enc enc, int text)
{
	e->enc = enc;
	e->text = text;
	e->dashes = 0;
	e->column = 0;
	e->nheld = 0;
	base64_init();
}

int
enc_encode(struct enc_encoder *e, struct slice in, struct buf *out)
{
	size_t most = e->enc == ENC_QUOTED_PRINTABLE ? 4 : 2;
	char *to;

	if (e->enc != ENC_QUOTED_PRINTABLE && e->enc != ENC_BASE64)
		return buf_add(out, in);
	if (in.n > SIZE_MAX / 8 ||
	    (to = buf_room(out, most * in.n + ROOM)) == NULL)
		return -1;
	if (e->enc == ENC_BASE64)
		to = base64_encode(e, in, to);
	else
		to = quoted_encode(e, in, to);
	out->n = (size_t)(to - out->p);
	return 0;
}

int
enc_encode_end(struct enc_encoder *e, struct buf *out)
{
	char *to = buf_room(out, ROOM);

	if (to == NULL)
		return -1;
	if (e->enc == ENC_BASE64)
		to = base64_encode_end(e, to);
	else if (e->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_encode_end(e, to);
	out->n = (size_t)(to - out->p);
	return 0;
}

void
enc_scan_init(struct enc_scan *s)
{
	*s = (struct enc_scan){ .last = -1 };
}

/* Counts one byte that may be special; "next" is the one behind it, or -1
 * where it has not come.  Without branches on what cannot be foreseen. */
static void
scan_byte(struct enc_scan *s, int c, int next)
{
	s->eight_bit += (unsigned)c >> 7;
	s->escapes += (unsigned)((c >= 0x7f) | (c == '=') |
	    ((c < ' ') & (c != '\t') & (c != '\n')));
	s->nul |= c == '\0';
	if (c != '\r')
		return;
	s->crlf |= next == '\n';
	s->bare_cr |= next != '\n' && next != -1;
	s->escapes -= next == '\n';
}

/* The bytes [from, to) of "in", one by one. */
static void
scan_range(struct enc_scan *s, struct slice in, size_t from, size_t to)
{
	for (; from < to; from++)
		scan_byte(s, (unsigned char)in.p[from],
		    from + 1 < in.n ? (unsigned char)in.p[from + 1] : -1);
}

/* The text [from, to) of a line of "in": by words where nothing is special,
 * as most text is; the last word may overlap the one before it. */
static void
scan_text(struct enc_scan *s, struct slice in, size_t from, size_t to)
{
	const char *p = in.p;

	if (to - from < 8) {
		scan_range(s, in, from, to);
		return;
	}
	for (; to - from >= 32; from += 32) {
		if ((quoted_special(p + from) | quoted_special(p + from + 8) |
		    quoted_special(p + from + 16) |
		    quoted_special(p + from + 24)) != 0)
			break;
	}
	for (; to - from >= 8; from += 8)
		if (quoted_special(p + from) != 0)
			scan_range(s, in, from, from + 8);
	if (from < to && quoted_special(p + to - 8) != 0)
		scan_range(s, in, from, to);
}

/* Looks at the next bytes of the line that is unfinished. */
static void
scan_line(struct enc_scan *s, struct slice part, int ended)
{
	struct slice from = SLICE("From ");
	size_t i, n;

	for (i = 0; i < part.n && s->line + i < from.n; i++)
		s->start[s->line + i] = part.p[i];
	s->line += part.n;
	if (s->line >= from.n && s->line - part.n < from.n &&
	    memcmp(s->start, from.p, from.n) == 0)
		s->from_line = 1;
	n = s->line;
	if (part.n > 0 ? part.p[part.n - 1] == '\r' : s->last == '\r')
		n -= n > 0;
	if (n > s->longest)
		s->longest = n;
	if (ended) {
		s->lines++;
		s->line = 0;
	}
}

void
enc_scan(struct enc_scan *s, struct slice in)
{
	struct slice rest = in, line;
	size_t at = 0;
	int more;

	if (in.n == 0)
		return;
	if (s->last == '\r' && in.p[0] == '\n') {
		s->crlf = 1;
		s->escapes--;
	} else if (s->last == '\r') {
		s->bare_cr = 1;
	}
	s->bytes += in.n;
	while (rest.n > 0) {
		more = slice_until(&rest, '\n', &line);
		scan_text(s, in, at, at + line.n);
		scan_line(s, line, more);
		at += line.n + 1;
	}
	s->last = (unsigned char)in.p[in.n - 1];
}

enum enc
enc_choose(const struct enc_scan *s, int eight)
{
	uint64_t plain = s->bytes + 2 * s->escapes;
	uint64_t quoted = plain + plain / 75 * 2;
	uint64_t base64 = s->bytes / 57 * 77 + s->bytes % 57 * 4 / 3;
	int clean = !s->nul && !s->bare_cr && !s->crlf && s->last != '\r' &&
	    !s->from_line && s->longest <= LIMIT_LINE_HARD;

	if (clean && s->eight_bit == 0)
		return ENC_7BIT;
	if (clean && eight)
		return ENC_8BIT;
	return quoted <= base64 ? ENC_QUOTED_PRINTABLE : ENC_BASE64;
}
