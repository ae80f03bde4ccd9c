/* SPDX-License-Identifier: ISC */
/* fetchdelete: what was fetched goes from the server: what the Maildir has
 * durably, and no message of others; see fetch.h. */

#include "fetch.h"
#include "limits.h"

enum { SET = LIMIT_IMAP_LINE - 2000 }; /* bytes of one */

/* What is not marked yet is not expunged: see move.c. */
static int
delete_set(struct fetch *f, const char *set, struct fail *why)
{
	unsigned command = imap_say(&f->imap,
	    "UID STORE %s +FLAGS.SILENT (\\Deleted)", set);

	imap_said(&f->imap);
	if (imap_finish(&f->imap, command, why) != IMAP_OK)
		return -1;
	command = imap_say(&f->imap, "UID EXPUNGE %s", set);
	imap_said(&f->imap);
	return imap_finish(&f->imap, command, why) == IMAP_OK ? 0 : -1;
}

void
fetchdelete_run(struct fetch *f)
{
	struct ranges *durable = &f->box->durable;
	struct buf set = BUF(SET);
	struct fail why = { 0 };
	size_t at = 0;

	while (!f->imap.dead && (buf_clear(&set),
	    ranges_text(durable, &at, SET, &set))) {
		if (delete_set(f, buf_str(&set), &why) == -1) {
			(void)fail_at(&why, "delete");
			(void)fail_at(&why, imap_name(&f->imap));
			fetch_report(f, 0, &why);
			break;
		}
	}
	ranges_clear(durable);
	buf_free(&set);
}
