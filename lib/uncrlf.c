/* SPDX-License-Identifier: ISC */
/* uncrlf: a message off the wire, as it is stored; see uncrlf.h. */

#include <string.h>

#include "uncrlf.h"

/* Writes bytes of a line, and its end, which "lf" is where it has one; its CR
 * is not among them. */
static int
put(struct uncrlf *u, struct slice s, int lf, struct buf *out)
{
	if (buf_add(out, s) == -1 || (lf && buf_addc(out, '\n') == -1))
		return -1;
	if (s.n > 0)
		u->cr = s.p[s.n - 1] == '\r';
	u->size += s.n + (size_t)lf;
	u->crlf_size += s.n + (size_t)lf + (lf && !u->cr);
	if (lf)
		u->cr = 0;
	return 0;
}

/* A CR was held back: it is half of a line end, or a byte like others. */
static int
settle(struct uncrlf *u, struct slice *in, struct buf *out)
{
	u->held = 0;
	if (slice_peek(*in) != '\n')
		return put(u, SLICE("\r"), 0, out);
	(void)slice_getc(in);
	return put(u, SLICE(""), 1, out);
}

/* Takes lines that are whole and end in CRLF, which nearly all are. */
static int
take_lines(struct uncrlf *u, struct slice *in, struct buf *out)
{
	const char *p = in->p, *end = in->p + in->n, *lf;
	char *to = buf_room(out, in->n);
	size_t n, lines = 0;

	if (to == NULL)
		return -1;
	/* UNSAFE: of in->n bytes no more are written than were read. */
	while (p < end) {
		lf = memchr(p, '\n', (size_t)(end - p));
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
	*in = slice_sub(*in, (size_t)(p - in->p), in->n);
	return 0;
}

int
uncrlf_add(struct uncrlf *u, struct slice in, struct buf *out)
{
	struct slice line;
	int lf;

	if (u->held && in.n > 0 && settle(u, &in, out) == -1)
		return -1;
	while (in.n > 0) {
		/* What stands before it may end in a CR. */
		if (!u->cr && take_lines(u, &in, out) == -1)
			return -1;
		if (in.n == 0)
			break;
		lf = slice_until(&in, '\n', &line);
		if (line.n > 0 && line.p[line.n - 1] == '\r') {
			line.n--;
			u->held = !lf;
		}
		if (put(u, line, lf, out) == -1)
			return -1;
	}
	return 0;
}

int
uncrlf_end(struct uncrlf *u, struct buf *out)
{
	if (!u->held)
		return 0;
	u->held = 0;
	return put(u, SLICE("\r"), 0, out);
}
