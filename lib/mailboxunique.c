/* SPDX-License-Identifier: ISC */
/* mailboxunique: the unique-ids of POP3; see mailboxunique.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "maildirname.h"
#include "mailboxunique.h"

enum { LONGEST = 70 }; /* RFC 1939, 7 */

void
mailboxunique_free(struct mailboxunique *q)
{
	free(q->shared);
	q->shared = NULL;
	q->n = 0;
}

/* Copies what is fit to be one (RFC 1939, 7): 1, or 0 where it is not. */
static int
take(struct slice s, size_t longest, char text[MAILBOX_UNIQUE])
{
	size_t i;

	if (s.n == 0 || s.n > longest)
		return 0;
	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return 1;
}

/* What no other message can have.  The hash (FNV-1a, twice) is no secret: only
 * who writes to the Maildir could make two the same. */
static void
own(const struct mailboxunique *q, size_t i, char text[MAILBOX_UNIQUE])
{
	const uint32_t uid = q->list->entries[i].shown.uid;
	struct slice base = mailboxlist_base(q->list, i);
	uint64_t a = UINT64_C(0xcbf29ce484222325), b = ~a;
	size_t k;

	if (uid != 0) {
		(void)snprintf(text, MAILBOX_UNIQUE, "%08" PRIx32 "%08" PRIx32,
		    uid, q->uids->list.validity);
		return;
	}
	for (k = 0; k < base.n; k++) {
		a = (a ^ (unsigned char)base.p[k]) * UINT64_C(0x100000001b3);
		b = (b ^ (unsigned char)base.p[k]) * UINT64_C(0x100000001b3);
		b ^= b >> 31;
	}
	(void)snprintf(text, MAILBOX_UNIQUE, "%016" PRIx64 "%016" PRIx64, a, b);
}

/* What it has where nobody else has the same.  Who moves from Dovecot has seen
 * a field P of any length. */
static void
wanted(const struct mailboxunique *q, size_t i, char text[MAILBOX_UNIQUE])
{
	const struct mailboxlist_entry *e = &q->list->entries[i];
	struct slice base = mailboxlist_base(q->list, i), value;

	if (e->shown.uid == 0) {
		if (!take(maildirname_unique(base), LONGEST, text))
			own(q, i, text);
		return;
	}
	if (e->record != 0 &&
	    uidlist_value(&q->uids->list, e->record - 1, 'P', &value) &&
	    take(value.n == 0 ? base : value, MAILBOX_UNIQUE - 1, text))
		return;
	own(q, i, text);
}

static void
text_of(const struct mailboxunique *q, size_t i, char text[MAILBOX_UNIQUE])
{
	if (q->shared[i])
		own(q, i, text);
	else
		wanted(q, i, text);
}

/* An entry that has the text of "i", out of those that were seen: 1, or 0 where
 * there is none, and then "i" is one of them. */
static int
find(const struct mailboxunique *q, struct lookup *seen, size_t i,
    uint32_t *found)
{
	char text[MAILBOX_UNIQUE], other[MAILBOX_UNIQUE];
	uint64_t hash;
	struct lookup_cursor c;

	text_of(q, i, text);
	hash = lookup_hash(slice_str(text));
	c = lookup_start(seen, hash);
	while (lookup_next(seen, &c, found)) {
		text_of(q, *found, other);
		if (strcmp(text, other) == 0)
			return 1;
	}
	lookup_add(seen, hash, (uint32_t)i);
	return 0;
}

/* Marks all that share a text: 1 where one was not marked before. */
static int
mark(struct mailboxunique *q)
{
	unsigned char *shared = mem_alloc(q->n);
	struct lookup seen = { 0 };
	uint32_t first;
	size_t i;
	int marked = 0;

	for (i = 0; i < q->n; i++)
		if (find(q, &seen, i, &first))
			shared[i] = shared[first] = 1;
	for (i = 0; i < q->n; i++) {
		marked |= shared[i] && !q->shared[i];
		q->shared[i] |= shared[i];
	}
	lookup_free(&seen);
	free(shared);
	return marked;
}

/* Where no line has a field P all are made of UIDs, and differ. */
static int
may_share(const struct mailboxunique *q)
{
	struct slice value;
	size_t i;

	for (i = 0; i < q->list->n; i++) {
		const struct mailboxlist_entry *e = &q->list->entries[i];

		if (e->shown.uid == 0 || (e->record != 0 &&
		    uidlist_value(&q->uids->list, e->record - 1, 'P', &value)))
			return 1;
	}
	return 0;
}

/* What is marked has another text then, which may be that of a third. */
static void
find_shared(struct mailboxunique *q)
{
	int marked = may_share(q);

	mailboxunique_free(q);
	q->n = q->list->n;
	q->shared = mem_alloc(q->n);
	while (marked)
		marked = mark(q);
}

const char *
mailboxunique_text(struct mailboxunique *q, size_t i,
    char text[MAILBOX_UNIQUE])
{
	if (q->shared == NULL || q->n != q->list->n)
		find_shared(q);
	text_of(q, i, text);
	return text;
}
