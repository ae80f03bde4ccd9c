/* SPDX-License-Identifier: ISC */
/* update: what changes the mailbox; see update.h. */

#include "drop.h"
#include "update.h"

void
update_dele(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	size_t i;

	if (drop_find(m, arg, &i) == -1)
		return;
	m->marks[i] |= DROP_DELETED;
	drop_reply(m, "+OK message %zu will be deleted", i + 1);
}

/* Forgets what was read, too, as Dovecot does. */
void
update_rset(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	size_t i, n = mailbox_count(m->mailbox);

	(void)arg;
	for (i = 0; i < n; i++)
		m->marks[i] &= DROP_GONE;
	drop_reply(m, "+OK nothing will be deleted");
}

/* Deletes all that can be: how many could not be. */
static size_t
delete_marked(struct maildrop *m)
{
	size_t i, failed = 0, n = mailbox_count(m->mailbox);
	struct fail f = { 0 };

	for (i = 0; i < n; i++) {
		if ((m->marks[i] & DROP_DELETED) == 0)
			continue;
		if (mailbox_remove(m->mailbox, i, &f) == 0)
			m->deleted++;
		else if (failed++ == 0)
			drop_log(m, "not deleted", &f);
	}
	return failed;
}

/* That a message was read is nothing that a client of POP3 hears of.  A name
 * may have no room for it. */
static void
remember_read(struct maildrop *m)
{
	size_t i, n = mailbox_count(m->mailbox);
	struct fail f = { 0 };
	int told = 0;

	for (i = 0; i < n; i++)
		if (m->marks[i] == DROP_READ &&
		    mailbox_seen(m->mailbox, i, &f) == -1 &&
		    f.class != EX_NOINPUT && told++ == 0)
			drop_log(m, "not marked as read", &f);
}

void
update_quit(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	struct fail f = { 0 };
	size_t failed = delete_marked(m);

	(void)arg;
	remember_read(m);
	if (mailbox_sync(m->mailbox, &f) == -1) {
		drop_log(m, "not synced", &f);
		drop_reply(m, "-ERR [SYS/TEMP] what was deleted may come back");
	} else if (failed > 0) {
		drop_reply(m, "-ERR [SYS/TEMP] %zu messages could not be "
		    "deleted", failed);
	} else {
		drop_reply(m, "+OK %zu messages deleted", m->deleted);
		drop_end(m, 0, "quit");
		return;
	}
	drop_end(m, EX_TEMPFAIL, "quit, not all done");
}
