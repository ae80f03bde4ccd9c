/* SPDX-License-Identifier: ISC */
/* removal: a mailbox is removed; see removal.h. */

#include "removal.h"
#include "limits.h"
#include "mailboxes.h"

/* What is told until "n" commands are answered, for "all" (or NULL): 1; 0 where
 * some are refused, with the first reason; -1. */
static int
await(struct imap *i, unsigned n, struct mailboxes *all, struct fail *f)
{
	struct fail first = { 0 };
	struct imap_response r;
	enum imap_result rc;
	int taken = 0;

	while (n > 0) {
		if ((rc = imap_next(i, &r, f)) == IMAP_LOST)
			return -1;
		if (rc == IMAP_DATA && all != NULL && imap_is(&r, "LIST"))
			taken = mailboxes_take(all, i, &r, f);
		if (rc == IMAP_DATA && all != NULL && imap_is(&r, "STATUS"))
			taken = mailboxes_take_status(all, i, f);
		if (taken == -1)
			return -1;
		if (rc == IMAP_NO && first.class == 0)
			first = *f;
		n -= rc != IMAP_DATA;
	}
	if (first.class != 0)
		*f = first;
	return first.class == 0;
}

static void
say(struct imap *i, const char *command, struct slice name, const char *rest)
{
	(void)imap_say(i, "%s ", command);
	imap_add_name(i, name);
	imap_add(i, "%s", rest);
	imap_said(i);
}

static const struct mailbox *
find(const struct mailboxes *all, struct slice name)
{
	size_t n;

	for (n = 0; n < all->n; n++)
		if (slice_eq(all->box[n].name, name) && !all->box[n].missing)
			return &all->box[n];
	return NULL;
}

/* Are there mailboxes below it?  1, 0, or -1. */
static int
ask_below(struct imap *i, const struct mailbox *box, struct fail *f)
{
	struct buf pattern = BUF(LIMIT_IMAP_TOKEN + 2);
	struct mailboxes below = { 0 };
	int rc;

	if (slice_has_word(box->attributes, SLICE("\\HasChildren")))
		return 1;
	if (box->separator == -1 ||
	    slice_has_word(box->attributes, SLICE("\\HasNoChildren")) ||
	    slice_has_word(box->attributes, SLICE("\\Noinferiors")))
		return 0;
	(void)buf_add(&pattern, box->name);
	(void)buf_addc(&pattern, box->separator);
	(void)buf_addc(&pattern, '%');
	say(i, "LIST \"\"", buf_slice(&pattern), "");
	rc = await(i, 1, &below, f);
	buf_free(&pattern);
	rc = rc == 1 ? below.n > 0 : -1;
	mailboxes_free(&below);
	return rc;
}

/* Whether it may go: 0, or -1. */
static int
check(struct imap *i, struct slice name, struct mailboxes *all, struct fail *f)
{
	const struct mailbox *box;
	int rc;

	say(i, "LIST \"\"", name, "");
	/* One that cannot be selected has no STATUS. */
	say(i, "STATUS", name, " (MESSAGES)");
	if ((rc = await(i, 2, all, f)) == -1)
		return -1;
	if ((box = find(all, name)) == NULL)
		return rc == 0 && f->class != EX_UNAVAILABLE ? -1 :
		    fail_set(f, EX_NOINPUT, "there is no such mailbox");
	if (rc == 0 && !box->unfit)
		return -1;
	if (box->messages > 0)
		return fail_set(f, EX_UNAVAILABLE, "there are messages in it, "
		    "%u: -f removes it all the same", box->messages);
	if ((rc = ask_below(i, box, f)) == 1)
		return fail_set(f, EX_UNAVAILABLE, "there are mailboxes below "
		    "it: -f removes it alone, and leaves them");
	return rc;
}

/* Why it was refused, where the server has not told. */
static void
explain(struct imap *i, struct slice name, struct fail *f)
{
	struct mailboxes all = { 0 };
	struct fail why = *f;
	int rc;

	if (f->class != EX_UNAVAILABLE)
		return;
	say(i, "LIST \"\"", name, "");
	if ((rc = await(i, 1, &all, f)) != -1)
		*f = why;
	if (rc == 1 && find(&all, name) == NULL)
		(void)fail_set(f, EX_NOINPUT, "there is no such mailbox");
	mailboxes_free(&all);
}

int
removal_mailbox(struct imap *i, struct slice name, int force, struct fail *f)
{
	struct mailboxes all = { 0 };
	struct fail ignored = { 0 };
	int rc = 0;

	if (slice_caseeq(name, SLICE("INBOX")))
		return fail_set(f, EX_UNAVAILABLE, "INBOX stays");
	if (!force)
		rc = check(i, name, &all, f);
	mailboxes_free(&all);
	if (rc == -1)
		return -1;
	say(i, "DELETE", name, "");
	if ((rc = await(i, 1, NULL, f)) != 1) {
		if (rc == 0)
			explain(i, name, f);
		return -1;
	}
	/* Whether it was subscribed does not matter. */
	say(i, "UNSUBSCRIBE", name, "");
	if (await(i, 1, NULL, &ignored) == -1)
		*f = ignored;
	return i->dead ? -1 : 0;
}
