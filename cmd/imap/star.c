/* SPDX-License-Identifier: ISC */
/* star: which messages "*" is; see star.h. */

#include "limits.h"
#include "message.h"
#include "star.h"

/* The highest uid that is told: 1; 0 where none is; -1. */
static int
ask_last(struct imap *i, uint32_t *last, struct fail *f)
{
	struct message m = { .flags = BUF(LIMIT_IMAP_TOKEN) };
	unsigned command = imap_say(i, "UID FETCH * (UID)");
	struct imap_response r;
	enum imap_result rc;
	int bad = 0;

	*last = 0;
	imap_said(i);
	do {
		rc = imap_next(i, &r, f);
		if (rc != IMAP_DATA ||
		    (!imap_is(&r, "FETCH") && !imap_is(&r, "UIDFETCH")))
			continue;
		if ((bad = message_read(i, &r, &m, NULL, NULL, f)) == -1)
			break;
		if ((m.has & MESSAGE_UID) != 0 && m.uid > *last)
			*last = m.uid;
	} while (rc == IMAP_DATA || (rc != IMAP_LOST && r.command != command));
	buf_free(&m.flags);
	if (bad == -1 || rc == IMAP_LOST || rc == IMAP_NO)
		return -1;
	return *last > 0;
}

int
star_settle(struct imap *i, struct uids *u, struct fail *f)
{
	uint32_t last;
	int rc;

	if (i->box.exists == 0)
		return 0;
	if (uids_has_star(u)) {
		if ((rc = ask_last(i, &last, f)) != 1)
			return rc;
		uids_last(u, last);
	}
	uids_before(u, i->box.uidnext);
	return 1;
}
