/* SPDX-License-Identifier: ISC */
/* crlf: a stored message with CRLF line ends; see crlf.h. */

#include <string.h>

#include "crlf.h"

/* Adds some of a line, without its LF, at "to": where it ends. */
static char *
add_text(struct crlf *c, struct slice s, char *to)
{
	if (s.n == 0)
		return to;
	if (!c->inside && c->dots && s.p[0] == '.') {
		*to++ = '.';
		c->octets--;
	}
	c->inside = 1;
	c->cr = s.p[s.n - 1] == '\r';
	memcpy(to, s.p, s.n);
	return to + s.n;
}

static char *
add_end(struct crlf *c, char *to)
{
	if (!c->cr)
		*to++ = '\r';
	*to++ = '\n';
	c->inside = c->cr = 0;
	return to;
}

int
crlf_add(struct crlf *c, struct slice in, struct buf *out)
{
	/* UNSAFE: each byte becomes two at most: a LF that gets a CR, or a dot
	 * that gets another. */
	char *start = buf_room(out, 2 * in.n), *to = start;
	struct slice line;

	if (start == NULL)
		return -1;
	while (in.n > 0) {
		int lf = slice_until(&in, '\n', &line);

		to = add_text(c, line, to);
		if (lf)
			to = add_end(c, to);
	}
	out->n += (size_t)(to - start);
	c->octets += (uint64_t)(to - start);
	return 0;
}

int
crlf_end(struct crlf *c, struct buf *out)
{
	if (!c->inside)
		return 0;
	if (buf_add(out, SLICE("\r\n")) == -1)
		return -1;
	c->inside = c->cr = 0;
	c->octets += 2;
	return 0;
}
