/* SPDX-License-Identifier: ISC */
/* trash: the mailbox for what is thrown away; see trash.h. */

#include "mailboxes.h"
#include "trash.h"

/* All that a LIST tells of: 0, or -1. */
static int
list(struct imap *i, const char *command, struct mailboxes *all,
    struct fail *f)
{
	unsigned number = imap_say(i, "%s", command);
	struct imap_response r;
	enum imap_result rc;

	imap_said(i);
	do {
		if ((rc = imap_next(i, &r, f)) == IMAP_LOST)
			return -1;
		if (rc == IMAP_DATA && imap_is(&r, "LIST") &&
		    mailboxes_take(all, i, &r, f) == -1)
			return -1;
	} while (rc == IMAP_DATA || r.command != number);
	return rc == IMAP_OK ? 0 : -1;
}

static const struct mailbox *
by_use(const struct mailboxes *all)
{
	struct slice uses, use;
	size_t n;

	for (n = 0; n < all->n; n++)
		for (uses = all->box[n].use; slice_word(&uses, &use);)
			if (slice_caseeq(use, SLICE("\\Trash")) &&
			    !all->box[n].unfit)
				return &all->box[n];
	return NULL;
}

/* Is it that one, or in INBOX? */
static int
is_called(const struct mailbox *box, struct slice name)
{
	struct slice rest = box->name;

	if (slice_casestarts(rest, SLICE("INBOX")) && rest.n > 5 &&
	    (unsigned char)rest.p[5] == box->separator)
		rest = slice_sub(rest, 6, rest.n);
	return !box->unfit && slice_caseeq(rest, name);
}

static const struct mailbox *
by_name(const struct mailboxes *all)
{
	static const char *const names[] = { "Trash", "Deleted Items",
		"Deleted Messages" };
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (n = 0; n < all->n; n++)
			if (is_called(&all->box[n], slice_str(names[i])))
				return &all->box[n];
	return NULL;
}

static int
find(struct imap *i, struct mailboxes *all, const struct mailbox **found,
    struct fail *f)
{
	*found = NULL;
	if (imap_has(i, IMAP_SPECIAL_USE | IMAP_LIST_EXTENDED)) {
		if (list(i, "LIST (SPECIAL-USE) \"\" \"*\"", all, f) == -1 &&
		    i->dead)
			return -1;
		*found = by_use(all);
	}
	if (*found != NULL)
		return 0;
	if (list(i, "LIST \"\" \"*\"", all, f) == -1)
		return -1;
	if ((*found = by_use(all)) == NULL)
		*found = by_name(all);
	return *found != NULL ? 0 : fail_set(f, EX_UNAVAILABLE, "there is no "
	    "mailbox whose use is \\Trash, and none called so");
}

int
trash_find(struct imap *i, struct buf *name, struct fail *f)
{
	struct mailboxes all = { 0 };
	const struct mailbox *box;
	int rc = find(i, &all, &box, f);

	if (rc == 0)
		(void)buf_add(name, box->name);
	mailboxes_free(&all);
	return rc;
}
