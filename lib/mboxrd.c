/* SPDX-License-Identifier: ISC */
/* mboxrd: several messages as one text; see mboxrd.h. */

#include "mboxrd.h"

static const char from[] = "From ";

void
mboxrd_begin(struct mboxrd *m, time_t when)
{
	char text[32];
	struct tm tm;

	m->inside = 0;
	m->from = 0;
	m->last = '\n';
	output_put(m->out, SLICE("From MAILER-DAEMON "));
	/* With an LF, and without the locale. */
	if (gmtime_r(&when, &tm) == NULL || asctime_r(&tm, text) == NULL)
		output_put(m->out, SLICE("Thu Jan  1 00:00:00 1970\n"));
	else
		output_put(m->out, slice_str(text));
}

/* What was held back. */
static void
put_held(struct mboxrd *m)
{
	output_put(m->out, (struct slice){ from, m->from });
	m->from = 0;
}

/* One byte at the start of a line. */
static void
put_start(struct mboxrd *m, int c)
{
	if (c == from[m->from]) {
		if (++m->from < sizeof(from) - 1)
			return;
		output_putc(m->out, '>');
		put_held(m);
		m->inside = 1;
		return;
	}
	/* Where in a row of ">" the new one stands makes no difference. */
	m->inside = (c != '>' || m->from > 0) && c != '\n';
	put_held(m);
	output_putc(m->out, c);
}

void
mboxrd_put(struct mboxrd *m, struct slice bytes)
{
	size_t n;

	if (bytes.n > 0)
		m->last = bytes.p[bytes.n - 1];
	while (bytes.n > 0) {
		if (!m->inside) {
			put_start(m, slice_getc(&bytes));
			continue;
		}
		n = slice_find(bytes, '\n');
		m->inside = n == bytes.n;
		output_put(m->out, slice_sub(bytes, 0, n + 1));
		bytes = slice_sub(bytes, n + 1, bytes.n);
	}
}

void
mboxrd_end(struct mboxrd *m)
{
	put_held(m);
	if (m->last != '\n')
		output_putc(m->out, '\n');
	output_putc(m->out, '\n');
}
