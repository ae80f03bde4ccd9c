/* SPDX-License-Identifier: ISC */
/* undot: the text of a message off the wire of POP3; see undot.h. */

#include <string.h>

#include "undot.h"

/*
 *		CR	LF	.	else
 *	START	CR	TEXT	DOT	TEXT	before a line
 *	TEXT	CR	TEXT	TEXT	TEXT	in one
 *	CR	CR	START	TEXT	TEXT	a CR is held back
 *	DOT	DOT_CR	TEXT	TEXT	TEXT	a dot is dropped, or the end
 *	DOT_CR	CR	(end)	TEXT	TEXT	and a CR is held back
 */
enum { START, TEXT, CR, DOT, DOT_CR };

/* Writes bytes that are no line end, with "bare" LF among them. */
static void
put(struct undot *u, struct slice s, unsigned bare, struct buf *out)
{
	if (s.n == 0)
		return;
	(void)buf_add(out, s);
	u->size += s.n;
	u->crlf_size += s.n + bare;
	u->octets += s.n;
	u->cr = s.p[s.n - 1] == '\r';
}

static void
put_line_end(struct undot *u, struct buf *out)
{
	(void)buf_addc(out, '\n');
	u->size++;
	u->crlf_size += u->cr ? 1 : 2;
	u->octets += 2;
	u->cr = 0;
	u->state = START;
}

/* Takes what there is of a line, up to "most" bytes. */
static void
take_text(struct undot *u, struct slice *in, size_t most, struct buf *out)
{
	struct slice s = slice_sub(*in, 0, most);
	size_t lf = slice_find(s, '\n');

	u->state = TEXT;
	if (lf < s.n) {
		s.n = lf + 1;
		*in = slice_sub(*in, s.n, in->n);
		if (!slice_ends(s, SLICE("\r\n"))) {
			put(u, s, 1, out);
			return;
		}
		s.n -= 2;
		put(u, s, 0, out);
		put_line_end(u, out);
		return;
	}
	*in = slice_sub(*in, s.n, in->n);
	if (slice_ends(s, SLICE("\r"))) {
		s.n--;
		u->state = CR;
	}
	put(u, s, 0, out);
}

/* A CR was held back. */
static void
settle_cr(struct undot *u, struct slice *in, struct buf *out)
{
	int c = slice_peek(*in);

	if (c == '\r' || c == '\n')
		(void)slice_getc(in);
	if (c == '\n') {
		put_line_end(u, out);
		return;
	}
	put(u, SLICE("\r"), 0, out);
	u->state = c == '\r' ? CR : TEXT;
}

/* A dot was, at the start of a line: 1 where it is the end. */
static int
settle_dot(struct undot *u, struct slice *in)
{
	int c = slice_peek(*in);

	if (u->state == DOT && c == '\r') {
		(void)slice_getc(in);
		u->state = DOT_CR;
	} else if (u->state == DOT_CR && c == '\n') {
		(void)slice_getc(in);
		u->state = START;
		return 1;
	} else {
		u->state = u->state == DOT ? TEXT : CR;
	}
	return 0;
}

/*
 * Before a line: takes lines that are whole, have no dot in front and end in
 * CRLF, which nearly all are.
 */
static void
take_lines(struct undot *u, struct slice *in, struct buf *out)
{
	size_t n = slice_sub(*in, 0, out->max - out->n).n;
	const char *p = in->p, *lf;
	char *to = buf_room(out, n);
	size_t lines = 0;

	/* UNSAFE: of "n" bytes no more are written than were read. */
	while (p < in->p + n && *p != '.') {
		lf = memchr(p, '\n', (size_t)(in->p + n - p));
		if (lf == NULL || lf == p || lf[-1] != '\r')
			break;
		memcpy(to, p, (size_t)(lf - p) - 1);
		to += lf - p;
		to[-1] = '\n';
		lines += lf - p < 2 || lf[-2] != '\r';
		p = lf + 1;
	}
	n = (size_t)(to - out->p) - out->n;
	out->n += n;
	u->size += n;
	u->crlf_size += n + lines;
	u->octets += (uint64_t)(p - in->p);
	*in = slice_sub(*in, (size_t)(p - in->p), in->n);
}

int
undot_take(struct undot *u, struct slice *in, struct buf *out)
{
	/* Each turn writes what it takes and a byte that was held back. */
	while (in->n > 0 && out->max - out->n >= 2) {
		if (u->state == START && slice_peek(*in) != '.')
			take_lines(u, in, out);
		if (in->n == 0 || out->max - out->n < 2)
			break;
		if (u->state == START && slice_peek(*in) == '.') {
			(void)slice_getc(in);
			u->state = DOT;
		} else if (u->state == CR) {
			settle_cr(u, in, out);
		} else if (u->state == DOT || u->state == DOT_CR) {
			if (settle_dot(u, in))
				return UNDOT_END;
		} else {
			take_text(u, in, out->max - out->n - 1, out);
		}
	}
	return UNDOT_MORE;
}
