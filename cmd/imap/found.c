/* SPDX-License-Identifier: ISC */
/* found: writes the uids that were found; see found.h. */

#include <inttypes.h>

#include "found.h"
#include "limits.h"

enum {
	ROW = LIMIT_IMAP_LINE - 2000, /* of sets, as uids.h has them */
	RANGE = 22,
};

static void
put_row(struct found *w)
{
	(void)buf_addc(&w->row, '\n');
	output_put(w->out, buf_slice(&w->row));
	buf_clear(&w->row);
}

/* Moves what is held to the row. */
static void
put_held(struct found *w)
{
	if (w->held.first == 0)
		return;
	if (w->row.n + RANGE > ROW)
		put_row(w);
	(void)buf_addf(&w->row, w->row.n > 0 ? ",%u" : "%u", w->held.first);
	if (w->held.first < w->held.last)
		(void)buf_addf(&w->row, ":%u", w->held.last);
	w->held.first = 0;
}

static void
put_set(struct found *w, struct uidset_range range)
{
	if (w->held.first != 0 && w->held.last < range.first &&
	    range.first - w->held.last == 1) {
		w->held.last = range.last;
		return;
	}
	put_held(w);
	w->held = range;
}

static void
put_number(struct found *w, uint32_t n)
{
	char text[16];
	size_t at = sizeof(text);

	text[--at] = '\n';
	do
		text[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	output_put(w->out, (struct slice){ text + at, sizeof(text) - at });
}

void
found_put(struct found *w, struct uidset_range range)
{
	uint32_t n;

	if (w->count)
		return;
	if (w->sets) {
		put_set(w, range);
		return;
	}
	for (n = range.first; n < range.last; n++)
		put_number(w, n);
	put_number(w, n);
}

void
found_end(struct found *w, int all)
{
	put_held(w);
	if (w->count && all)
		(void)buf_addf(&w->row, "%" PRIu64, w->n);
	if (w->row.n > 0)
		put_row(w);
}
