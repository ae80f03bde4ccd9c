/* SPDX-License-Identifier: ISC */
/* fetchdelete: what was fetched goes from the server: what the Maildir has
 * durably, and no message of others; see fetch.h. */

#include "fetch.h"
#include "limits.h"

enum { SET = LIMIT_IMAP_LINE - 2000 }; /* bytes of one */

/* Until both are answered: 0, or -1 where one was not done. */
static int
finish(struct fetch *f, unsigned store, unsigned expunge, struct fail *why)
{
	struct imap_response r;
	struct fail other = { 0 };
	enum imap_result result;
	unsigned left = 2;
	int rc = 0;

	while (left > 0) {
		result = imap_next(&f->imap, &r, rc == 0 ? why : &other);
		if (result == IMAP_LOST)
			return -1;
		if (result == IMAP_DATA ||
		    (r.command != store && r.command != expunge))
			continue;
		left--;
		if (result == IMAP_NO ||
		    imap_is_cut(&r, rc == 0 ? why : &other))
			rc = -1;
	}
	return rc;
}

void
fetchdelete_run(struct fetch *f)
{
	struct ranges *durable = &f->box->durable;
	struct buf set = BUF(SET);
	struct fail why = { 0 };
	size_t at = 0;
	unsigned store, expunge;

	while (!f->imap.dead && (buf_clear(&set),
	    ranges_text(durable, &at, SET, &set))) {
		store = imap_say(&f->imap,
		    "UID STORE %s +FLAGS.SILENT (\\Deleted)", buf_str(&set));
		imap_said(&f->imap);
		expunge = imap_say(&f->imap, "UID EXPUNGE %s", buf_str(&set));
		imap_said(&f->imap);
		if (finish(f, store, expunge, &why) == -1) {
			(void)fail_at(&why, "delete");
			(void)fail_at(&why, imap_name(&f->imap));
			fetch_report(f, 0, &why);
			break;
		}
	}
	ranges_clear(durable);
	buf_free(&set);
}
