/* SPDX-License-Identifier: ISC */
/* move: messages go to another mailbox, or away; see move.h. */

#include <stdlib.h>

#include "copyuid.h"
#include "limits.h"
#include "mem.h"
#include "star.h"
#include "move.h"

enum {
	MOST = 3000, /* messages of a command, so that COPYUID has room in
			LIMIT_IMAP_TOKEN, and no command takes for ever */
	SET = LIMIT_IMAP_LINE - 2000, /* bytes */
};

static void
note(struct move *t, const struct fail *f)
{
	if (t->first.class == 0)
		t->first = *f;
}

/* Where the messages of a part are now: told once, before it is answered or by
 * the answer. */
static void
take_copyuid(struct move *t, struct move_part *p, struct slice code)
{
	struct uidset_range range;
	struct slice copied;
	struct fail f;
	int rc;

	if (p->told || t->to.n == 0)
		return;
	if ((rc = copyuid_read(code, slice_str(p->set),
	    (struct copyuid_to){ t->each, t->ctx }, &copied)) == -1) {
		(void)fail_set(&f, EX_PROTOCOL, "it is done, but COPYUID does "
		    "not fit what was asked for");
		note(t, &f);
	}
	while (rc == 1 && uidset_next(&copied, &range) == 1)
		ranges_add(&p->copied, range.first, range.last);
	p->told = rc != 0;
}

/* SEARCH of those that are marked, and are not ours. */
static int
take_others(struct move *t, struct fail *f)
{
	struct token next;

	if (token_next(&t->imap->tokens, &next, f) == -1) {
		t->imap->dead = 1;
		return -1;
	}
	t->searched = 1;
	t->others |= next.kind != TOKEN_END;
	token_back(&t->imap->tokens, &next);
	return 0;
}

static int
take_data(struct move *t, const struct imap_response *r, struct fail *f)
{
	if (imap_is(r, "OK") && t->under_way < t->n)
		take_copyuid(t, &t->part[t->under_way], r->code);
	return imap_is(r, "SEARCH") ? take_others(t, f) : 0;
}

static void
take_answer(struct move *t, const struct imap_response *r, int ok)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		struct move_part *p = &t->part[i];

		if (p->command != r->command || p->command == 0)
			continue;
		p->done = ok;
		p->missing = !ok && imap_has_code(r, "TRYCREATE");
		p->command = 0;
		if (ok)
			take_copyuid(t, p, r->code);
	}
	while (t->under_way < t->n && t->part[t->under_way].command == 0)
		t->under_way++;
}

static void
said(struct move *t)
{
	imap_said(t->imap);
	t->waiting++;
}

/* Until all is answered, in whatever order: 0; -1 where the connection is lost.
 * What is refused is noted, but for a mailbox that is to be made. */
static int
await(struct move *t, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;

	while (t->waiting > 0) {
		if ((rc = imap_next(t->imap, &r, f)) == IMAP_LOST ||
		    (rc == IMAP_DATA && take_data(t, &r, f) == -1))
			return -1;
		if (rc == IMAP_DATA)
			continue;
		if (rc == IMAP_OK && imap_is_cut(&r, f))
			rc = IMAP_NO;
		if (rc == IMAP_NO && (!t->make || t->made ||
		    !imap_has_code(&r, "TRYCREATE")))
			note(t, f);
		take_answer(t, &r, rc == IMAP_OK);
		t->waiting--;
	}
	return 0;
}

/* Says UID MOVE or UID COPY of all parts that are not done. */
static int
say_all(struct move *t, const char *name, struct fail *f)
{
	size_t at;

	t->under_way = 0;
	for (at = 0; at < t->n; at++) {
		struct move_part *p = &t->part[at];

		if (p->done)
			continue;
		p->command = imap_say(t->imap, "UID %s %s ", name, p->set);
		imap_add_name(t->imap, t->to);
		said(t);
	}
	return await(t, f);
}

static int
is_missing(const struct move *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->part[i].missing)
			return 1;
	return 0;
}

static unsigned
say_to(struct move *t, const char *command)
{
	unsigned number = imap_say(t->imap, "%s ", command);

	imap_add_name(t->imap, t->to);
	return number;
}

/* Makes the mailbox, and subscribes to it: that this is refused keeps no
 * message from it.  0, also where it cannot be made; -1. */
static int
make(struct move *t, struct fail *f)
{
	struct fail ignored = { 0 };
	unsigned number;

	t->made = 1;
	(void)say_to(t, "CREATE");
	said(t);
	if (await(t, f) == -1)
		return -1;
	if (t->first.class != 0)
		return 0;
	number = say_to(t, "SUBSCRIBE");
	imap_said(t->imap);
	if (imap_finish(t->imap, number, &ignored) != IMAP_LOST)
		return 0;
	*f = ignored;
	return -1;
}

/* Moved or copied, to a mailbox that is made if it must be. */
static int
send(struct move *t, const char *name, struct fail *f)
{
	if (say_all(t, name, f) == -1)
		return -1;
	if (!t->make || t->made || !is_missing(t))
		return 0;
	if (make(t, f) == -1)
		return -1;
	return t->first.class != 0 ? 0 : say_all(t, name, f);
}

static void
say_marks(struct move *t, struct move_part *p)
{
	p->done = 0;
	p->command = imap_say(t->imap, "UID STORE %s +FLAGS.SILENT "
	    "(\\Deleted)", p->set);
	said(t);
}

/* The next of those messages that were copied, or were to be and nothing tells
 * which were, in place of p->set: 1; 0: there are none left. */
static int
next_copied(struct move_part *p, size_t *at)
{
	struct buf set = BUF(SET);
	int any;

	if (!p->told)
		return (*at)++ == 0;
	if ((any = ranges_text(&p->copied, at, SET, &set)) != 0) {
		free(p->set);
		p->set = mem_str(buf_slice(&set));
	}
	buf_free(&set);
	return any;
}

/* Marks those parts that were copied, if they were to be, and expunges them,
 * after the answer to that: a server may begin with what is said behind it
 * before it is done (RFC 9051, 5.5), and would find nothing marked. */
static int
expunge(struct move *t, struct fail *f)
{
	struct move_part *p;
	size_t i, at;

	for (i = 0; i < t->n; i++) {
		p = &t->part[i];
		for (at = 0; p->done && next_copied(p, &at);) {
			say_marks(t, p);
			if (await(t, f) == -1)
				return -1;
			if (!p->done)
				break;
			(void)imap_say(t->imap, "UID EXPUNGE %s", p->set);
			said(t);
			if (await(t, f) == -1)
				return -1;
		}
	}
	return 0;
}

/* May all that is marked be expunged?  Not unless a server that says OK has
 * told what is. */
static int
is_alone(struct move *t)
{
	struct fail f;

	if (!t->searched && t->first.class == 0) {
		(void)fail_set(&f, EX_PROTOCOL, "SEARCH: the server does not "
		    "tell what is marked as deleted");
		note(t, &f);
	}
	return t->first.class == 0 && !t->others;
}

/* Marks p->set, and expunges all that is marked, where nothing else is. */
static int
expunge_set(struct move *t, struct move_part *p, struct fail *f)
{
	say_marks(t, p);
	t->searched = t->others = 0;
	(void)imap_say(t->imap, "UID SEARCH DELETED NOT UID %s", p->set);
	said(t);
	if (await(t, f) == -1)
		return -1;
	if (!is_alone(t)) {
		t->left |= p->done;
		p->done = 0;
		return 0;
	}
	(void)imap_say(t->imap, "EXPUNGE");
	said(t);
	return await(t, f);
}

/* The same of the one part where all that is marked is expunged. */
static int
expunge_all(struct move *t, struct fail *f)
{
	struct move_part *p = &t->part[0];
	size_t at = 0;

	while (p->done && next_copied(p, &at))
		if (expunge_set(t, p, f) == -1)
			return -1;
	return 0;
}

/* The next sets: how many; -1. */
static int
fill(struct move *t, size_t most, struct fail *f)
{
	uint32_t limit = t->imap->limit;
	struct slice set;
	int rc = 1;

	if (limit == 0 || limit > MOST)
		limit = MOST;
	while (t->n < most && imap_room(t->imap) > t->n &&
	    (rc = uids_next(t->uids, limit, &set, f)) == 1)
		t->part[t->n++] = (struct move_part){ .set = mem_str(set),
			.done = t->to.n == 0 };
	return rc == -1 ? -1 : (int)t->n;
}

static void
empty(struct move *t)
{
	while (t->n > 0) {
		free(t->part[--t->n].set);
		ranges_free(&t->part[t->n].copied);
	}
}

static int
run_round(struct move *t, struct fail *f)
{
	struct imap *i = t->imap;
	int move = !t->copy && imap_has(i, IMAP_MOVE);

	if (t->to.n > 0 && send(t, move ? "MOVE" : "COPY", f) == -1)
		return -1;
	if (t->to.n > 0 && (move || t->copy))
		return 0;
	return imap_has(i, IMAP_UIDPLUS) ? expunge(t, f) : expunge_all(t, f);
}

int
move_run(struct move *t, struct fail *f)
{
	struct imap *i = t->imap;
	/* Before all that is marked is expunged, one part is looked at. */
	size_t most = t->copy || imap_has(i, IMAP_UIDPLUS) ||
	    (t->to.n > 0 && imap_has(i, IMAP_MOVE)) ? MOVE_ROUND : 1;
	int rc;

	if (!t->copy && i->box.readonly)
		return fail_set(f, EX_UNAVAILABLE, "it can only be read");
	rc = star_settle(i, t->uids, f);
	while (rc > 0 && t->first.class == 0) {
		if ((rc = fill(t, most, f)) > 0 && run_round(t, f) == -1)
			rc = -1;
		empty(t);
	}
	if (rc == -1)
		return -1;
	if (t->first.class == 0 && t->left)
		(void)fail_set(&t->first, EX_UNAVAILABLE, "they stay, marked "
		    "as deleted: the server can expunge only all that are, and "
		    "others are, too");
	*f = t->first;
	return f->class == 0 ? 0 : -1;
}
