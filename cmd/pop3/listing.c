/* SPDX-License-Identifier: ISC */
/* listing: the messages of a mailbox; see listing.h. */

#include <stdlib.h>

#include "listing.h"
#include "text.h"

/* The first of the reasons to doubt unique-ids. */
static void
doubt(struct listing *l, const struct fail *f)
{
	if (l->why.class == 0)
		l->why = *f;
}

static int
take_number(struct slice *line, uint64_t *number)
{
	struct slice word;

	return slice_word(line, &word) ?
	    slice_uint(word, 1, LISTING_MESSAGES, number) : -1;
}

static struct listing_message *
add(struct listing *l, size_t *room)
{
	if (l->n == *room) {
		*room = *room == 0 ? 64 : *room * 2;
		l->message = mem_resize(l->message, *room,
		    sizeof(*l->message));
	}
	l->message[l->n] = (struct listing_message){ 0 };
	return &l->message[l->n++];
}

static int
by_number(const void *a, const void *b)
{
	const struct listing_message *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* In the order of their numbers, which most servers have anyhow. */
static int
sort(struct listing *l, struct fail *f)
{
	int sorted = 1;
	size_t i;

	for (i = 1; i < l->n; i++)
		sorted &= l->message[i - 1].number < l->message[i].number;
	if (sorted)
		return 0;
	qsort(l->message, l->n, sizeof(*l->message), by_number);
	for (i = 1; i < l->n; i++)
		if (l->message[i - 1].number == l->message[i].number)
			return fail_set(f, EX_PROTOCOL,
			    "LIST: message %u twice", l->message[i].number);
	return 0;
}

static int
too_many(struct fail *f, const char *command, int limit, const char *what)
{
	return fail_set(f, EX_PROTOCOL, "%s: more than %d %s", command, limit,
	    what);
}

static int
get_sizes(struct listing *l, struct pop *p, struct fail *f)
{
	struct listing_message *m;
	struct slice line, rest, word;
	uint64_t number;
	size_t room = 0;
	int rc;

	if (pop_reply(p, NULL, f) != 1)
		return -1;
	while ((rc = pop_line(p, &line, f)) == 1) {
		rest = line;
		if (l->n == LISTING_MESSAGES)
			return too_many(f, "LIST", LISTING_MESSAGES,
			    "messages");
		if (take_number(&rest, &number) == -1)
			break;
		m = add(l, &room);
		m->number = (uint32_t)number;
		/* More behind the size is for later (RFC 1939, 5, LIST). */
		if (!slice_word(&rest, &word) ||
		    slice_uint(word, 0, UINT64_MAX, &m->size) == -1)
			break;
	}
	if (rc == 1)
		return fail_set(f, EX_PROTOCOL, "LIST: no number and size: %s",
		    TEXT_SHOW(line));
	return rc == 0 ? sort(l, f) : -1;
}

static struct listing_message *
find_number(const struct listing *l, uint64_t number)
{
	struct listing_message key = { .number = (uint32_t)number };

	/* Where there are no holes it is in its place. */
	if (number <= l->n && l->message[number - 1].number == number)
		return &l->message[number - 1];
	return l->n == 0 ? NULL : bsearch(&key, l->message, l->n,
	    sizeof(*l->message), by_number);
}

static int
uid_ok(struct slice uid)
{
	size_t i;

	for (i = 0; i < uid.n; i++)
		if ((unsigned char)uid.p[i] <= ' ' || uid.p[i] == 0x7f)
			return 0;
	return uid.n >= 1 && uid.n <= LISTING_UID;
}

/* A line of UIDL.  What is wrong with it makes it doubtful, no more. */
static void
take_uid(struct listing *l, struct slice line)
{
	struct listing_message *m;
	struct fail f;
	uint64_t number;

	if (take_number(&line, &number) == -1) {
		(void)fail_set(&f, EX_PROTOCOL,
		    "UIDL: a line without a number");
		doubt(l, &f);
		return;
	}
	line = slice_trim(line);
	m = find_number(l, number);
	if (m == NULL)
		(void)fail_set(&f, EX_PROTOCOL, "message %u: it is in UIDL, "
		    "and not in LIST", (unsigned)number);
	else if (m->uid.n > 0)
		(void)fail_set(&f, EX_PROTOCOL, "message %u: it has two "
		    "unique-ids", m->number);
	else if (!uid_ok(line))
		(void)fail_set(&f, EX_PROTOCOL, "message %u: its unique-id is "
		    "no good: %s", m->number, TEXT_SHOW(line));
	if (m == NULL || m->uid.n > 0 || !uid_ok(line)) {
		doubt(l, &f);
		return;
	}
	m->uid.p = arena_str(&l->arena, line);
	m->uid.n = line.n;
	l->nuids++;
}

static int
get_uids(struct listing *l, struct pop *p, struct fail *f)
{
	struct slice line;
	struct fail why;
	size_t bytes = 0, n;
	int rc = pop_reply(p, NULL, f);

	if (rc == 0 && f->class != EX_TEMPFAIL) {
		why = *f;
		(void)fail_at(&why, "UIDL");
		doubt(l, &why);
		return 0;
	}
	if (rc != 1)
		return -1;
	for (n = 0; (rc = pop_line(p, &line, f)) == 1; n++) {
		bytes += line.n;
		if (n == 2 * LISTING_MESSAGES)
			return too_many(f, "UIDL", 2 * LISTING_MESSAGES,
			    "lines");
		if (bytes > LISTING_BYTES)
			return too_many(f, "UIDL", LISTING_BYTES, "bytes");
		take_uid(l, line);
	}
	return rc;
}

static int
compare(struct slice a, struct slice b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int
by_uid(const void *a, const void *b)
{
	const struct listing_message *x, *y;
	int c;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	c = compare(x->uid, y->uid);
	return c != 0 ? c : by_number(x, y);
}

/* Sorts by unique-id, and sees which are nobody else's. */
static void
find_unique(struct listing *l)
{
	struct listing_message **m;
	struct fail f;
	size_t i, n = 0;

	m = l->by_uid = mem_resize(NULL, l->nuids + 1, sizeof(*m));
	for (i = 0; i < l->n; i++)
		if (l->message[i].uid.n > 0) {
			l->message[i].unique = 1;
			m[n++] = &l->message[i];
		}
	qsort(m, n, sizeof(*m), by_uid);
	for (i = 1; i < n; i++) {
		if (!slice_eq(m[i - 1]->uid, m[i]->uid))
			continue;
		m[i - 1]->unique = m[i]->unique = 0;
		(void)fail_set(&f, EX_UNAVAILABLE, "messages %u and %u: they "
		    "have the same unique-id", m[i - 1]->number,
		    m[i]->number);
		doubt(l, &f);
	}
}

/* How many have none that can be relied on, and why at least one. */
static void
count_doubtful(struct listing *l)
{
	struct fail f;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->message[i].unique)
			continue;
		l->doubtful++;
		(void)fail_set(&f, EX_PROTOCOL,
		    "message %u: it has no unique-id", l->message[i].number);
		doubt(l, &f);
	}
}

int
listing_get(struct listing *l, struct pop *p, unsigned what, struct fail *f)
{
	int uids = (what & LISTING_UIDS) != 0;
	int together = uids && pop_window(p) > 1;

	pop_say(p, "LIST");
	if (together)
		pop_say(p, "UIDL");
	if (get_sizes(l, p, f) == -1)
		return pop_lost(p, f);
	if (!uids)
		return 0;
	if (!together)
		pop_say(p, "UIDL");
	if (get_uids(l, p, f) == -1)
		return pop_lost(p, f);
	find_unique(l);
	count_doubtful(l);
	return 0;
}

const struct listing_message *
listing_find(const struct listing *l, struct slice uid)
{
	size_t low = 0, high = l->nuids;

	/* The first that is not less. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(l->by_uid[middle]->uid, uid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->nuids && slice_eq(l->by_uid[low]->uid, uid) ?
	    l->by_uid[low] : NULL;
}

void
listing_free(struct listing *l)
{
	free(l->message);
	free(l->by_uid);
	arena_free(&l->arena);
	*l = (struct listing){ 0 };
}
