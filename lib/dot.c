/* SPDX-License-Identifier: ISC */
/* dot: text lines on the wire; see dot.h. */

#include <string.h>

#include "dot.h"

/* Adds bytes that hold neither CR nor LF. */
static void
add_text(struct dot *d, struct slice s, struct buf *out)
{
	if (s.n == 0)
		return;
	if (!d->inside && s.p[0] == '.' && !d->plain)
		out->p[out->n++] = '.';
	d->inside = 1;
	d->n += s.n;
	memcpy(out->p + out->n, s.p, s.n);
	out->n += s.n;
}

static void
add_line_end(struct dot *d, struct buf *out)
{
	d->inside = 0;
	d->n += 2;
	out->p[out->n++] = '\r';
	out->p[out->n++] = '\n';
}

/* Adds a line without its LF: a CR at its end belongs to the line end, one
 * inside it is a line end of its own. */
static void
add_line(struct dot *d, struct slice s, struct buf *out)
{
	struct slice text;

	while (slice_until(&s, '\r', &text)) {
		add_text(d, text, out);
		if (s.n == 0) {
			d->cr = 1;
			return;
		}
		add_line_end(d, out);
	}
	add_text(d, text, out);
}

int
dot_encode(struct dot *d, struct slice in, struct buf *out)
{
	int any_cr = slice_find(in, '\r') < in.n;
	struct slice line;

	/* UNSAFE: the worst input is all dots or all line ends, two bytes for
	 * each, and a CR held back from the piece before. */
	if (buf_room(out, 2 * in.n + 8) == NULL)
		return -1;
	while (in.n > 0) {
		int lf;

		if (d->cr && in.p[0] != '\n')
			add_line_end(d, out);
		d->cr = 0;
		lf = slice_until(&in, '\n', &line);
		if (any_cr)
			add_line(d, line, out);
		else
			add_text(d, line, out);
		if (lf) {
			d->cr = 0;
			add_line_end(d, out);
		}
	}
	return 0;
}

int
dot_end(struct dot *d, struct buf *out)
{
	if (buf_room(out, 8) == NULL)
		return -1;
	if (d->inside || d->cr)
		add_line_end(d, out);
	d->cr = 0;
	return d->plain ? 0 : buf_add(out, SLICE(".\r\n"));
}

struct slice
dot_decode(struct slice line)
{
	if (slice_peek(line) == '.')
		(void)slice_getc(&line);
	return line;
}
