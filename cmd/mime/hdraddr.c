/* SPDX-License-Identifier: ISC */
/* hdraddr: what can be read of an address field; see hdraddr.h. */

#include <string.h>

#include "hdr.h"
#include "hdraddr.h"

static int
ignore(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)ctx;
	(void)m;
	(void)f;
	return 0;
}

/* Skips what stands in brackets, in which nothing separates; where they are
 * not closed, only the first. */
static void
skip_brackets(struct slice *s, int end)
{
	struct slice rest = *s, inside;

	if (slice_until(&rest, end, &inside))
		*s = rest;
	else
		(void)slice_getc(s);
}

/* Takes the bytes before the next separator of addresses, and that itself:
 * the begin and the end of a group separate as well. */
static struct slice
take_piece(struct slice *s)
{
	struct slice from = *s, inside;
	int c;

	while ((c = slice_peek(*s)) != -1) {
		if (c == ',' || c == ';' || c == ':')
			break;
		if (c == '"')
			(void)hdr_quoted(s, &inside);
		else if (c == '(')
			(void)hdr_skip_cfws(s);
		else if (c == '<')
			skip_brackets(s, '>');
		else if (c == '[')
			skip_brackets(s, ']');
		else
			(void)slice_getc(s);
	}
	inside = slice_sub(from, 0, from.n - s->n);
	(void)slice_getc(s);
	return inside;
}

/* A list that is well-formed is never cut up, and a piece is well-formed or
 * dropped, so what is an address is told by addr_list() alone. */
int
hdraddr_each(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f)
{
	struct fail ignored;
	struct slice piece;

	if (addr_list(value, ignore, NULL, f) == 0)
		return addr_list(value, each, ctx, f);
	while (value.n > 0) {
		piece = take_piece(&value);
		if (addr_list(piece, ignore, NULL, &ignored) == 0)
			(void)addr_list(piece, each, ctx, &ignored);
	}
	return -1;
}
