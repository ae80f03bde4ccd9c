/* SPDX-License-Identifier: ISC */
/* mailboxuids: UIDs for a mailboxlist; see mailboxuids.h. */

#include <stdlib.h>
#include <time.h>

#include "mailboxuids.h"

enum { /* seconds, as Dovecot has it */
	STALE = 120, /* without a change the lock is nobody's */
	WAIT = STALE + 5,
};

void
mailboxuids_free(struct mailboxuids *u)
{
	lookup_free(&u->by_base);
	uidlist_free(&u->list);
}

/* The record with the base: its number plus one, or 0. */
static uint32_t
find(const struct mailboxuids *u, struct slice base, uint64_t hash)
{
	struct lookup_cursor c = lookup_start(&u->by_base, hash);
	uint32_t i;

	while (lookup_next(&u->by_base, &c, &i))
		if (slice_eq(uidlist_base(&u->list, i), base))
			return i + 1;
	return 0;
}

int
mailboxuids_read(struct mailboxuids *u, struct fail *f)
{
	int rc = uidlist_read(&u->list, u->dir, f);
	size_t i;

	if (rc != 1)
		return rc;
	lookup_free(&u->by_base);
	/* Of two with one base the later one counts, as for Dovecot. */
	for (i = u->list.n; i-- > 0;) {
		struct slice base = uidlist_base(&u->list, i);
		uint64_t hash = lookup_hash(base);

		if (find(u, base, hash) == 0)
			lookup_add(&u->by_base, hash, (uint32_t)i);
	}
	return 0;
}

/* Takes the UIDs of the list as it is: how many entries have none. */
static size_t
match(const struct mailboxuids *u, struct mailboxlist *l, size_t from)
{
	size_t i, lacking = 0;

	for (i = 0; i < l->n; i++) {
		struct mailboxlist_entry *e = &l->entries[i];

		e->record = find(u, mailboxlist_base(l, i), e->hash);
		if (i < from)
			continue;
		e->shown.uid = e->record == 0 ? 0 :
		    u->list.records[e->record - 1].uid;
		lacking += e->shown.uid == 0 && e->shown.name != NULL;
	}
	return lacking;
}

/* Lines of messages that are not there any more need not be kept. */
static void
drop_gone(struct mailboxuids *u, const struct mailboxlist *l)
{
	unsigned char *there = mem_alloc(u->list.n);
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->entries[i].record != 0)
			there[l->entries[i].record - 1] = 1;
	for (i = 0; i < u->list.n; i++)
		if (!there[i])
			uidlist_drop(&u->list, i);
	free(there);
}

/* Entries that are to have UIDs, with the lock held. */
struct task {
	struct mailboxlist *l;
	size_t from;
	struct dotlock lock;
};

/* Gives those that have none new ones. */
static int
add_new(struct mailboxuids *u, struct task *t, struct fail *f)
{
	struct mailboxlist *l = t->l;
	uint32_t uid = u->list.next;
	struct slice *bases;
	size_t i, n = 0;
	int rc;

	mailboxlist_sort(l, t->from);
	bases = mem_alloc((l->n - t->from) * sizeof(*bases));
	for (i = t->from; i < l->n; i++)
		if (l->entries[i].shown.uid == 0)
			bases[n++] = mailboxlist_base(l, i);
	rc = uidlist_add(&u->list, &t->lock,
	    &(struct uidlist_new){ bases, n }, f);
	for (i = t->from; i < l->n && rc == 0; i++)
		if (l->entries[i].shown.uid == 0)
			l->entries[i].shown.uid = uid++;
	free(bases);
	return rc;
}

/* The list may be another one since it was read without the lock, and while
 * there is nobody else who renames files both are what they are. */
static int
assign_locked(struct mailboxuids *u, struct task *t, struct fail *f)
{
	if (mailboxuids_read(u, f) == -1)
		return -1;
	if (u->list.validity == 0 &&
	    uidlist_create(&u->list, (uint32_t)time(NULL), f) == -1)
		return -1;
	if (mailboxlist_changed(t->l) && mailboxlist_look(t->l, 1, f) == -1)
		return -1;
	(void)dotlock_keep(&t->lock);
	(void)match(u, t->l, t->from);
	if (t->l->quiet)
		drop_gone(u, t->l);
	return add_new(u, t, f);
}

/* Has them wait for room for their UIDs: what has one can be had meanwhile, and
 * deleted. */
static void
leave_out_new(struct mailboxuids *u, struct mailboxlist *l, size_t from)
{
	size_t i;

	for (i = from; i < l->n; i++)
		if (l->entries[i].shown.uid == 0 &&
		    l->entries[i].shown.name != NULL) {
			l->entries[i].shown.name = NULL;
			u->left_out++;
		}
}

int
mailboxuids_assign(struct mailboxuids *u, struct mailboxlist *l, size_t from,
    struct fail *f)
{
	static const struct dotlock_wait wait = { WAIT, STALE };
	struct task t = { l, from, DOTLOCK(u->dir, UIDLIST_LOCK) };
	size_t lacking;
	int rc;

	/* As good as in the order of the list it is faster. */
	mailboxlist_sort(l, from);
	lacking = match(u, l, from);
	u->left_out = 0;
	if ((!u->list.there && !u->make) ||
	    (u->list.validity != 0 && lacking == 0))
		return 0;
	if ((rc = dotlock_take(&t.lock, &wait, f)) == 1)
		rc = assign_locked(u, &t, f);
	else if (rc == 0)
		rc = fail_set(f, EX_TEMPFAIL, "%s: somebody has it for more "
		    "than %d seconds", UIDLIST_LOCK, WAIT);
	dotlock_free(&t.lock);
	if (rc == -1 && u->list.there && fail_is_full(f)) {
		leave_out_new(u, l, from);
		rc = 0;
	}
	return rc;
}
