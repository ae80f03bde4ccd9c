/* SPDX-License-Identifier: ISC */
/* fetchdelete: what was fetched goes from the server: what the Maildir has
 * durably, and no message of others; see fetch.h. */

#include "fetch.h"
#include "limits.h"

enum { SET = LIMIT_IMAP_LINE - 2000 }; /* bytes of one */

/* Until what was said is answered: 0, or -1 where it was not done. */
static int
finish(struct fetch *f, unsigned command, struct fail *why)
{
	struct imap_response r;
	enum imap_result result;

	do
		result = imap_next(&f->imap, &r, why);
	while (result == IMAP_DATA ||
	    (result != IMAP_LOST && r.command != command));
	return result != IMAP_OK || imap_is_cut(&r, why) ? -1 : 0;
}

/* What is not marked yet is not expunged: see move.c. */
static int
delete_set(struct fetch *f, const char *set, struct fail *why)
{
	unsigned command = imap_say(&f->imap,
	    "UID STORE %s +FLAGS.SILENT (\\Deleted)", set);

	imap_said(&f->imap);
	if (finish(f, command, why) == -1)
		return -1;
	command = imap_say(&f->imap, "UID EXPUNGE %s", set);
	imap_said(&f->imap);
	return finish(f, command, why);
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
