/* SPDX-License-Identifier: ISC */
/* unmboxrd: the messages of a text of the form mboxrd; see unmboxrd.h. */

#include <string.h>

#include "fromline.h"
#include "unmboxrd.h"

static const char from[] = "From ";

enum { ALL = sizeof(from) - 1 };

/* What was held back is text: it goes into m->line, as no line "From " is
 * there. */
static enum unmboxrd_event
give_held(struct unmboxrd *m, struct slice *text)
{
	char *to = m->line;

	if (!m->begun)
		return UNMBOXRD_WRONG;
	if (m->empty == 2)
		*to++ = '\r';
	if (m->empty > 0)
		*to++ = '\n';
	if (m->cr)
		*to++ = '\r';
	if (m->quote)
		*to++ = '>';
	memcpy(to, from, m->from);
	*text = (struct slice){ m->line, (size_t)(to - m->line) + m->from };
	m->empty = m->from = 0;
	m->cr = m->quote = 0;
	return UNMBOXRD_TEXT;
}

/* An empty line: the one before is none that ends a message. */
static enum unmboxrd_event
take_empty(struct unmboxrd *m, struct slice *text)
{
	unsigned size = m->cr ? 2 : 1;
	enum unmboxrd_event event = UNMBOXRD_MORE;

	m->cr = 0;
	if (m->empty > 0)
		event = give_held(m, text);
	m->empty = size;
	return event;
}

/* Of a row of ">" it makes no difference which one is held back. */
static enum unmboxrd_event
take_quotes(struct unmboxrd *m, struct slice *in, struct slice *text)
{
	size_t n = 0;

	if (!m->quote) {
		(void)slice_getc(in);
		m->quote = 1;
		return UNMBOXRD_MORE;
	}
	if (m->empty > 0) {
		m->quote = 0;
		(void)give_held(m, text);
		m->quote = 1;
		return UNMBOXRD_TEXT;
	}
	while (n < in->n && in->p[n] == '>')
		n++;
	(void)slice_take(in, n, text);
	return UNMBOXRD_TEXT;
}

/* A byte at the start of a line. */
static enum unmboxrd_event
take_start(struct unmboxrd *m, struct slice *in, struct slice *text)
{
	int c = slice_peek(*in), first = !m->quote && !m->cr && m->from == 0;

	if (!m->begun && first && c != from[0])
		return give_held(m, text);
	if (c == '\n' && !m->quote && m->from == 0) {
		(void)slice_getc(in);
		return take_empty(m, text);
	}
	if (c == '\r' && first) {
		(void)slice_getc(in);
		m->cr = 1;
		return UNMBOXRD_MORE;
	}
	if (c == '>' && !m->cr && m->from == 0)
		return take_quotes(m, in, text);
	if (c == from[m->from] && !m->cr) {
		(void)slice_getc(in);
		if (++m->from < ALL || !m->quote)
			return UNMBOXRD_MORE;
		m->quote = 0;
	}
	m->inside = 1;
	return m->empty > 0 || m->cr || m->quote || m->from > 0 ?
	    give_held(m, text) : UNMBOXRD_MORE;
}

/* Takes what there is of a line "From ". */
static enum unmboxrd_event
take_from(struct unmboxrd *m, struct slice *in)
{
	struct slice part;
	size_t n = slice_find(*in, '\n');
	int ends = n < in->n, rc = -1;

	if (n >= sizeof(m->line) - m->n) {
		n = sizeof(m->line) - m->n;
		ends = 0;
	}
	(void)slice_take(in, n, &part);
	if (n > 0)
		memcpy(m->line + m->n, part.p, n);
	m->n += n;
	if (!ends && m->n < sizeof(m->line))
		return UNMBOXRD_MORE;
	if (ends) {
		(void)slice_getc(in);
		rc = fromline_date((struct slice){ m->line, m->n }, &m->date);
	}
	m->inside = !ends;
	m->empty = m->from = 0;
	m->n = 0;
	if (rc == -1)
		return UNMBOXRD_WRONG;
	m->begun = 1;
	m->dated = rc;
	return UNMBOXRD_BEGIN;
}

/* What of "in" needs no look: whole lines, and the start of one, up to a line
 * that could be anything but text. */
static void
take_text(struct unmboxrd *m, struct slice *in, struct slice *text)
{
	size_t n = 0;

	do {
		n += slice_find(slice_sub(*in, n, in->n), '\n');
		m->inside = n == in->n;
		if (!m->inside)
			n++;
	} while (n < in->n && memchr("\n\r>F", in->p[n], 4) == NULL);
	(void)slice_take(in, n, text);
}

enum unmboxrd_event
unmboxrd_next(struct unmboxrd *m, struct slice *in, struct slice *text)
{
	enum unmboxrd_event event = UNMBOXRD_MORE;

	while (in->n > 0 && event == UNMBOXRD_MORE) {
		if (m->from == ALL) {
			event = take_from(m, in);
		} else if (m->inside) {
			take_text(m, in, text);
			return UNMBOXRD_TEXT;
		} else {
			event = take_start(m, in, text);
		}
	}
	return event;
}

int
unmboxrd_end(const struct unmboxrd *m)
{
	int held = m->cr || m->quote || m->from > 0;

	if (!m->begun)
		return held || m->inside ? -1 : 0;
	return !m->inside && !held && m->empty > 0 ? 0 : -1;
}
