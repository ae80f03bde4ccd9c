/* SPDX-License-Identifier: ISC */
/*
 * fetchresume: many commands within imap-run each get one message of the same
 * mailbox, and to open that is most of the work of each.  The text of a message
 * never changes (RFC 9051, 2.3.1.1), so that one that is there is right however
 * old the view of the mailbox is; one that is not may have come since.  See
 * fetch.h.
 */

#include "fetch.h"
#include "limits.h"
#include "text.h"

enum { FEW = 500 };

int
fetchresume_begin(struct fetch *f)
{
	/* Flags change, and so does what "*" is.  What is asked for again has
	 * to be one set. */
	f->resumed = !f->sees && !f->deletes && f->box == NULL &&
	    f->state == NULL && uids_are_few(f->uids, FEW) &&
	    imap_resume(&f->imap, slice_str(f->mailbox));
	return f->resumed;
}

/* What of f->way[0] did not come: 1; 0: all came. */
static int
plan_rest(struct fetch *f)
{
	struct fetch_way *w = &f->way[0];
	struct slice asked = buf_slice(&w->set);
	struct ranges rest = { 0 };
	struct uidset_range range;
	size_t at = 0;

	while (uidset_next(&asked, &range) == 1)
		ranges_rest(&w->got, range.first, range.last, &rest);
	w->rest = BUF(LIMIT_IMAP_LINE);
	(void)ranges_text(&rest, &at, LIMIT_IMAP_LINE, &w->rest);
	ranges_free(&rest);
	return w->rest.n > 0;
}

int
fetchresume_again(struct fetch *f)
{
	struct fail why = { 0 };

	if (!plan_rest(f))
		return 0;
	f->resumed = 0;
	ranges_clear(&f->way[0].told);
	if (imap_select(&f->imap, slice_str(f->mailbox), 1, &why) == 0)
		return 1;
	fetch_lost(f, &why);
	f->ended = 1;
	return -1;
}
