/* SPDX-License-Identifier: ISC */
/* mimescan: content cut where a delimiter may stand; see mimescan.h. */

#include <string.h>

#include "mimescan.h"

void
mimescan_start(struct mimescan *s)
{
	s->nheld = s->eol = s->given = 0;
	s->bol = 1;
}

/* How many bytes of line end "s" ends in: 0, 1 for LF, 2 for CRLF. */
static size_t
line_end(struct slice s)
{
	if (slice_ends(s, SLICE("\r\n")))
		return 2;
	return slice_ends(s, SLICE("\n"));
}

static void
forget_given(struct mimescan *s)
{
	s->nheld -= s->given;
	memmove(s->held, s->held + s->given, s->nheld);
	s->given = 0;
}

/* Gives out what is held but the "eol" bytes of line end that it ends in. */
static enum mimescan_found
give(struct mimescan *s, size_t eol, struct slice *out)
{
	struct slice line = { s->held + s->eol, s->nheld - s->eol };

	s->given = s->nheld - eol;
	s->eol = eol;
	s->bol = 0;
	*out = (struct slice){ s->held, s->given };
	if (s->given == 0)
		return MIMESCAN_NOTHING;
	return slice_starts(line, SLICE("--")) ? MIMESCAN_DASHES :
						 MIMESCAN_TEXT;
}

/* The same where a line goes on that is no delimiter: its last byte so far
 * may be a CR with its LF to come. */
static enum mimescan_found
give_up(struct mimescan *s, struct slice *out)
{
	size_t cr = s->nheld > 1 && s->held[s->nheld - 1] == '\r';

	return give(s, cr, out) == MIMESCAN_NOTHING ? MIMESCAN_NOTHING :
						      MIMESCAN_TEXT;
}

/* Goes on with a line whose beginning is held, or is that of "in". */
static enum mimescan_found
next_of_line(struct mimescan *s, struct slice *in, struct slice *out)
{
	struct slice held = { s->held, s->nheld };
	size_t n = slice_find(*in, '\n');
	int whole = n < in->n;

	if (slice_eq(held, SLICE("\r"))) {
		if (slice_peek(*in) != '\n')
			return give_up(s, out);
		s->held[s->nheld++] = '\n';
		s->eol = 2;
		*in = slice_sub(*in, 1, in->n);
		return MIMESCAN_NOTHING;
	}
	n += (size_t)whole;
	if ((s->nheld == s->eol && slice_peek(*in) != '-') ||
	    s->nheld - s->eol + n > MIMESCAN_LINE)
		return give_up(s, out);
	memcpy(s->held + s->nheld, in->p, n);
	s->nheld += n;
	*in = slice_sub(*in, n, in->n);
	held.n = s->nheld;
	if (whole)
		return give(s, line_end(held), out);
	if (held.n - s->eol > 1 && held.p[s->eol + 1] != '-')
		return give_up(s, out);
	return MIMESCAN_NOTHING;
}

/*
 * The offset of the next line of "in" that begins with "--", as far as it can
 * be seen, or in.n; its first line does not count.  An encoded body has no "-"
 * at all, and nothing is faster than memchr(3).
 */
static size_t
find_dashes(struct slice in)
{
	size_t at = 0;

	while (at < in.n) {
		at += slice_find(slice_sub(in, at, in.n), '-');
		if (at > 0 && at < in.n && in.p[at - 1] == '\n' &&
		    (at + 1 == in.n || in.p[at + 1] == '-'))
			return at;
		at += slice_find(slice_sub(in, at, in.n), '\n') + 1;
	}
	return in.n;
}

/* "in" begins in the middle of a line, and nothing is held. */
static enum mimescan_found
next_of_text(struct mimescan *s, struct slice *in, struct slice *out)
{
	size_t at = find_dashes(*in);
	struct slice text = slice_sub(*in, 0, at);
	size_t eol = line_end(text);

	if (at == in->n && eol == 0)
		eol = (size_t)slice_ends(text, SLICE("\r"));
	*out = slice_sub(text, 0, text.n - eol);
	memcpy(s->held, text.p + out->n, eol);
	s->nheld = s->eol = eol;
	*in = slice_sub(*in, at, in->n);
	return out->n > 0 ? MIMESCAN_TEXT : MIMESCAN_NOTHING;
}

enum mimescan_found
mimescan_next(struct mimescan *s, struct slice *in, struct slice *out)
{
	enum mimescan_found found = MIMESCAN_NOTHING;

	forget_given(s);
	while (found == MIMESCAN_NOTHING && in->n > 0)
		found = s->nheld > 0 || s->bol ? next_of_line(s, in, out) :
						 next_of_text(s, in, out);
	return found;
}

enum mimescan_found
mimescan_end(struct mimescan *s, struct slice *out)
{
	forget_given(s);
	return give(s, 0, out);
}

struct slice
mimescan_whole(const struct mimescan *s)
{
	return (struct slice){ s->held, s->nheld };
}
