/* SPDX-License-Identifier: ISC */
/* mailboxes: those of a server; see mailboxes.h. */

#include <stdlib.h>

#include "engine.h"
#include "limits.h"
#include "mailboxes.h"
#include "mutf7.h"
#include "utf8.h"

enum {
	COST = 2 * sizeof(struct mailbox), /* of one, but for its texts */
	TEXTS = 64, /* of what is told of one, however short, and often */
};

/* RFC 6154, RFC 8457, and those that were registered since then. */
static const struct slice uses[] = {
	{ "\\All", 4 },
	{ "\\Archive", 8 },
	{ "\\Drafts", 7 },
	{ "\\Flagged", 8 },
	{ "\\Important", 10 },
	{ "\\Junk", 5 },
	{ "\\Memos", 6 },
	{ "\\Scheduled", 10 },
	{ "\\Sent", 5 },
	{ "\\Snoozed", 8 },
	{ "\\Trash", 6 },
};

static int
is_use(struct slice word)
{
	size_t n;

	for (n = 0; n < sizeof(uses) / sizeof(uses[0]); n++)
		if (slice_caseeq(word, uses[n]))
			return 1;
	return 0;
}

/* What is held in memory has a limit. */
static int
count(struct mailboxes *m, size_t bytes, struct fail *f)
{
	m->bytes += bytes;
	if (m->n >= LIMIT_IMAP_MAILBOXES)
		return fail_set(f, EX_PROTOCOL, "more than %d mailboxes",
		    LIMIT_IMAP_MAILBOXES);
	return m->bytes <= LIMIT_IMAP_NAMES ? 0 : fail_set(f, EX_PROTOCOL,
	    "more than %d bytes of names of mailboxes", LIMIT_IMAP_NAMES);
}

/* INBOX is one in any case of letters (RFC 9051, 5.1). */
static struct slice
canonical(struct slice raw)
{
	return slice_caseeq(raw, SLICE("INBOX")) ? SLICE("INBOX") : raw;
}

struct mailbox *
mailboxes_find(const struct mailboxes *m, struct slice raw)
{
	struct lookup_cursor c;
	uint32_t at;

	raw = canonical(raw);
	c = lookup_start(&m->names, lookup_hash(raw));
	while (lookup_next(&m->names, &c, &at))
		if (slice_eq(m->box[at].raw, raw))
			return &m->box[at];
	return NULL;
}

/* What people see: a name that is in no known form is shown as it came. */
static struct slice
decode(struct mailboxes *m, const struct imap *i, struct slice raw)
{
	struct buf text = BUF(3 * LIMIT_IMAP_TOKEN);
	struct slice name = raw;

	if (!i->utf8 && mutf7_decode(&text, raw) == 0)
		name = arena_slice(&m->arena, buf_slice(&text));
	buf_free(&text);
	return name;
}

static struct mailbox *
add(struct mailboxes *m, const struct imap *i, struct slice raw)
{
	struct mailbox *box;

	if (m->n == m->room) {
		m->room = m->room == 0 ? 64 : m->room * 2;
		m->box = mem_resize(m->box, m->room, sizeof(*m->box));
	}
	box = &m->box[m->n];
	*box = (struct mailbox){ .separator = -1 };
	box->raw = arena_slice(&m->arena, canonical(raw));
	box->name = decode(m, i, box->raw);
	lookup_add(&m->names, lookup_hash(box->raw), (uint32_t)m->n++);
	return box;
}

/* NIL, or one character. */
static int
read_separator(struct tokens *t, int *separator, struct fail *f)
{
	struct slice text;
	int rc = token_string(t, 1, &text, f);

	if (rc == -1)
		return -1;
	*separator = rc == 1 && text.n == 1 ? (unsigned char)text.p[0] : -1;
	return 0;
}

/* Sorts attributes into special uses and others. */
static void
describe(struct mailboxes *m, struct mailbox *box, struct slice words)
{
	struct buf use = BUF(LIMIT_IMAP_TOKEN), other = BUF(LIMIT_IMAP_TOKEN);
	struct slice word;

	box->subscribed |= slice_has_word(words, SLICE("\\Subscribed"));
	box->missing = slice_has_word(words, SLICE("\\NonExistent"));
	box->unfit = box->missing || slice_has_word(words, SLICE("\\Noselect"));
	while (slice_word(&words, &word))
		(void)buf_add_word(is_use(word) ? &use : &other, word);
	box->use = arena_slice(&m->arena, buf_slice(&use));
	box->attributes = arena_slice(&m->arena, buf_slice(&other));
	buf_free(&use);
	buf_free(&other);
}

/* Adds \Subscribed, where it is not there. */
static void
subscribe(struct mailboxes *m, struct mailbox *box)
{
	struct buf words = BUF(2 * LIMIT_IMAP_TOKEN);

	box->subscribed = 1;
	if (slice_has_word(box->attributes, SLICE("\\Subscribed")))
		return;
	(void)buf_add(&words, box->attributes);
	(void)buf_add_word(&words, SLICE("\\Subscribed"));
	box->attributes = arena_slice(&m->arena, buf_slice(&words));
	buf_free(&words);
}

/* "told" has what one response tells: "listed" is that of a LIST. */
static int
enter(struct mailboxes *m, struct imap *i, const struct mailbox *told,
    struct fail *f)
{
	struct mailbox *box = mailboxes_find(m, told->raw);
	int is_new = box == NULL;

	if (told->raw.n == 0) /* the root: no mailbox */
		return 0;
	if (count(m, (is_new ? COST + 4 * told->raw.n : 0) + TEXTS +
	    2 * told->attributes.n, f) == -1)
		return -1;
	if (is_new)
		box = add(m, i, told->raw);
	box->separator = told->separator;
	box->listed |= told->listed;
	if (is_new || told->listed)
		describe(m, box, told->attributes);
	if (!told->listed || box->subscribed)
		subscribe(m, box);
	return 0;
}

static int
read_list(struct mailboxes *m, struct imap *i, int lsub, struct fail *f)
{
	struct mailbox told = { .listed = !lsub };
	struct buf words = BUF(LIMIT_IMAP_TOKEN);
	int rc = imap_read_flags(&i->tokens, &words, f);

	if (rc == 0)
		rc = read_separator(&i->tokens, &told.separator, f);
	if (rc == 0)
		rc = token_string(&i->tokens, 0, &told.raw, f) == -1 ? -1 : 0;
	told.attributes = buf_slice(&words);
	if (rc == 0)
		rc = enter(m, i, &told, f);
	buf_free(&words);
	return rc;
}

int
mailboxes_take(struct mailboxes *m, struct imap *i,
    const struct imap_response *r, struct fail *f)
{
	if (read_list(m, i, imap_is(r, "LSUB"), f) == 0)
		return 0;
	return i->dead ? -1 : imap_lost(i, f);
}

static const struct {
	struct slice name;
	unsigned bit;
} items[] = {
	{ { "MESSAGES", 8 }, MAILBOX_MESSAGES },
	{ { "SIZE", 4 }, MAILBOX_SIZE },
	{ { "UIDNEXT", 7 }, MAILBOX_UIDNEXT },
	{ { "UIDVALIDITY", 11 }, MAILBOX_UIDVALIDITY },
	{ { "UNSEEN", 6 }, MAILBOX_UNSEEN },
};

static unsigned
item_of(struct slice name)
{
	size_t n;

	for (n = 0; n < sizeof(items) / sizeof(items[0]); n++)
		if (slice_caseeq(name, items[n].name))
			return items[n].bit;
	return 0;
}

static int
read_item(struct tokens *t, struct mailbox *box, unsigned bit, struct fail *f)
{
	uint64_t n;

	if (bit == 0)
		return token_skip(t, f);
	if (token_number(t, bit == MAILBOX_SIZE ? INT64_MAX : UINT32_MAX, &n,
	    f) == -1)
		return -1;
	box->has |= bit;
	if (bit == MAILBOX_SIZE)
		box->size = n;
	else
		*(bit == MAILBOX_MESSAGES ? &box->messages :
		    bit == MAILBOX_UNSEEN ? &box->unseen :
		    bit == MAILBOX_UIDNEXT ? &box->uidnext :
		    &box->uidvalidity) = (uint32_t)n;
	return 0;
}

static int
read_items(struct tokens *t, struct mailbox *box, struct fail *f)
{
	struct token next;

	if (token_next(t, &next, f) == -1)
		return -1;
	if (next.kind != TOKEN_OPEN)
		return fail_set(f, EX_PROTOCOL, "STATUS: no list");
	for (;;) {
		if (token_next(t, &next, f) == -1)
			return -1;
		if (next.kind == TOKEN_CLOSE)
			return 0;
		if (next.kind != TOKEN_ATOM)
			return fail_set(f, EX_PROTOCOL,
			    "STATUS: something else where a name belongs");
		if (read_item(t, box, item_of(next.text), f) == -1)
			return -1;
	}
}

int
mailboxes_take_status(struct mailboxes *m, struct imap *i, struct fail *f)
{
	struct mailbox *box, nobody;
	struct slice raw;

	if (token_string(&i->tokens, 0, &raw, f) != -1) {
		box = mailboxes_find(m, raw);
		if (read_items(&i->tokens, box == NULL ? &nobody : box, f) ==
		    0)
			return 0;
	}
	return i->dead ? -1 : imap_lost(i, f);
}

static int
by_name(const void *a, const void *b)
{
	const struct mailbox *x = a, *y = b;
	int inbox = slice_eq(y->raw, SLICE("INBOX")) -
	    slice_eq(x->raw, SLICE("INBOX"));
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int c = inbox != 0 ? inbox : memcmp(x->name.p, y->name.p, n);

	return c != 0 ? c : x->name.n < y->name.n ? -1 : x->name.n > y->name.n;
}

void
mailboxes_sort(struct mailboxes *m)
{
	if (m->n > 1)
		qsort(m->box, m->n, sizeof(*m->box), by_name);
}

void
mailboxes_free(struct mailboxes *m)
{
	free(m->box);
	arena_free(&m->arena);
	lookup_free(&m->names);
	*m = (struct mailboxes){ 0 };
}
