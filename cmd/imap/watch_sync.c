/* SPDX-License-Identifier: ISC */
/* watch: asks for what happened; see watch.h. */

#include <inttypes.h>

#include "watching.h"

enum {
	/* Messages asked for at once: what they answer with, at most 22 bytes
	 * for each range and one behind each, is a token. */
	CHUNK = 2500,
};

/* Of what was asked for the server told less (RFC 9738, 3.1): by pieces of that
 * size nothing is missed. */
static void
take_limit(struct watch *w, struct imap *i, const struct imap_response *r)
{
	struct slice rest = r->code, word;
	uint64_t most, lowest = 1;

	if (!imap_has_code(r, "MESSAGELIMIT"))
		return;
	if (slice_word(&rest, &word) && slice_word(&rest, &word) &&
	    slice_uint(word, 1, UINT32_MAX, &most) == 0)
		i->limit = (uint32_t)most;
	if (slice_word(&rest, &word))
		(void)slice_uint(word, 1, UINT32_MAX, &lowest);
	w->cut = (uint32_t)lowest;
}

/* Says commands as long as "say" has some, and takes what they are answered
 * with, to their end. */
static int
converse(struct watch *w, struct imap *i,
    void (*say)(struct watch *w, struct imap *i), struct fail *f)
{
	struct imap_response r;
	unsigned under_way = w->pending;

	w->pending = w->cut = 0;
	w->more = 1;
	while (w->more || under_way > 0) {
		while (w->more && imap_room(i) > 0) {
			say(w, i);
			imap_said(i);
			under_way++;
		}
		switch (imap_next(i, &r, f)) {
		case IMAP_DATA:
			if (watch_take(w, i, &r, f) == -1)
				return -1;
			break;
		case IMAP_OK:
			take_limit(w, i, &r);
			under_way--;
			break;
		case IMAP_NO:
			w->refused = r.bad;
			(void)fail_at(f, w->name);
			return -1;
		default:
			return -1;
		}
	}
	return 0;
}

static void
say_new(struct watch *w, struct imap *i)
{
	uint32_t last = known_last(&w->known);

	(void)imap_say(i, "UID FETCH %" PRIu32 ":* (UID FLAGS)",
	    last == UINT32_MAX ? last : last + 1);
	w->more = 0;
}

int
watch_fetch(struct watch *w, struct imap *i, struct fail *f)
{
	uint32_t last;

	while (w->exists > w->known.n && !w->again && !w->doubt) {
		last = known_last(&w->known);
		if (converse(w, i, say_new, f) == -1)
			return -1;
		w->again |= w->cut != 0;
		/* Nothing came, and yet there is something. */
		if (known_last(&w->known) == last)
			w->doubt = w->exists > w->known.n;
	}
	return 0;
}

/* The uid with which the next piece of all uids begins; 0: none. */
static uint32_t
piece_end(const struct watch *w)
{
	uint32_t uid = w->next, n;

	for (n = 0; n < CHUNK; n++) {
		uid = known_next(&w->known, uid);
		if (uid == 0 || uid == UINT32_MAX)
			return 0;
		uid++;
	}
	return known_next(&w->known, uid) == 0 ? 0 : uid;
}

/* In pieces, so that each set of what vanished, of which a server may name more
 * than was there, fits in a token. */
static void
say_vanished(struct watch *w, struct imap *i)
{
	uint32_t end = piece_end(w);

	if (end == 0)
		(void)imap_say(i, "UID FETCH %" PRIu32 ":*", w->next);
	else
		(void)imap_say(i, "UID FETCH %" PRIu32 ":%" PRIu32, w->next,
		    end - 1);
	imap_add(i, " (UID FLAGS) (CHANGEDSINCE %" PRIu64 " VANISHED)",
	    w->modseq);
	w->next = end;
	w->more = end != 0;
}

static void
say_changed(struct watch *w, struct imap *i)
{
	if (w->below == 0)
		(void)imap_say(i, "UID FETCH 1:*");
	else
		(void)imap_say(i, "UID FETCH 1:%" PRIu32, w->below);
	imap_add(i, " (UID FLAGS) (CHANGEDSINCE %" PRIu64 ")", w->modseq);
	w->more = 0;
}

/* The last number of a piece that begins with w->next. */
static uint32_t
last_number(struct watch *w, uint32_t most)
{
	uint32_t first = w->next,
	    last = w->exists - first < most ? w->exists : first + most - 1;

	w->next = last + 1;
	w->more = last < w->exists;
	return last;
}

static void
say_uids(struct watch *w, struct imap *i)
{
	uint32_t first = w->next,
	    last = last_number(w, i->limit != 0 && i->limit < CHUNK ?
		i->limit : CHUNK);

	if (imap_has(i, IMAP_ESEARCH))
		(void)imap_say(i, "UID SEARCH RETURN (ALL) %" PRIu32
		    ":%" PRIu32, first, last);
	else
		(void)imap_say(i, "UID SEARCH %" PRIu32 ":%" PRIu32, first,
		    last);
}

static void
say_flags(struct watch *w, struct imap *i)
{
	uint32_t first = w->next;

	if (i->limit != 0)
		(void)imap_say(i, "FETCH %" PRIu32 ":%" PRIu32 " (UID FLAGS)",
		    first, last_number(w, i->limit));
	else
		(void)imap_say(i, "UID FETCH 1:* (UID FLAGS)");
	if (i->limit == 0)
		w->more = 0;
}

/* Reads all messages by "say"; what is not among them is gone. */
static int
read_all(struct watch *w, struct imap *i,
    void (*say)(struct watch *w, struct imap *i), struct fail *f)
{
	uint32_t uid = 0;

	known_unmark(&w->known);
	w->next = 1;
	w->cut = 0;
	if (w->exists > 0 && converse(w, i, say, f) == -1)
		return -1;
	w->again |= w->cut != 0;
	if (w->again)
		return 0;
	while ((uid = known_unmarked(&w->known, uid)) != 0)
		watch_drop(w, uid);
	return 0;
}

static int
read_first(struct watch *w, struct imap *i, struct fail *f)
{
	if (!w->all)
		w->asked |= ASKED_QUIETLY;
	if (w->all || i->box.modseq == 0) {
		w->asked |= ASKED_ALL;
		return read_all(w, i, say_flags, f);
	}
	w->asked |= ASKED_UIDS;
	return read_all(w, i, say_uids, f);
}

/* In pieces, if it must be: a server begins with what is new. */
static int
read_changed(struct watch *w, struct imap *i, struct fail *f)
{
	w->below = 0;
	do {
		if (w->cut > 1)
			w->below = w->cut - 1;
		if (converse(w, i, say_changed, f) == -1)
			return -1;
	} while (w->cut > 1 && (w->below == 0 || w->cut <= w->below));
	return 0;
}

/* A server that cuts off what it tells does not say which of what vanished it
 * told. */
static int
read_vanished(struct watch *w, struct imap *i, struct fail *f)
{
	w->next = 1;
	if (converse(w, i, say_vanished, f) == -1)
		return -1;
	w->plain |= w->cut != 0;
	w->again |= w->cut != 0;
	return 0;
}

static int
read_changes(struct watch *w, struct imap *i, int vanished, struct fail *f)
{
	uint64_t modseq = i->box.modseq;

	if (!w->synced)
		return read_first(w, i, f);
	if (w->modseq == 0 || modseq < w->modseq) {
		w->asked |= ASKED_ALL;
		return read_all(w, i, say_flags, f);
	}
	if (vanished && !w->plain && !w->doubt)
		return modseq == w->modseq && w->exists == w->known.n ? 0 :
		    read_vanished(w, i, f);
	w->cut = 0;
	if (read_changed(w, i, f) == -1)
		return -1;
	w->asked |= ASKED_UIDS;
	return read_all(w, i, say_uids, f);
}

static void
reset(struct watch *w)
{
	known_free(&w->known);
	w->modseq = 0;
	if (w->synced || w->all)
		watch_tell(w, WATCH_RESET, 0, (struct slice){ NULL, 0 });
	w->all |= w->synced;
	w->synced = 0;
}

/* What was said of the mailbox when it was selected. */
static void
begin(struct watch *w, const struct imap_box *box)
{
	uint32_t was = w->uidvalidity;

	w->uidvalidity = box->uidvalidity;
	if (was != 0 && was != box->uidvalidity)
		reset(w);
	w->exists = box->exists;
	w->again = w->refused = 0;
	w->asked = ASKED_BEGIN;
}

/* A server that does not know what it said that it has: another turn, without
 * VANISHED, then without CONDSTORE.  0; -1: there is no less. */
static int
ask_less(struct watch *w, int vanished)
{
	if (!w->refused || !w->synced || w->modseq == 0)
		return -1;
	if (vanished && !w->plain)
		w->plain = 1;
	else
		w->modseq = 0;
	w->again = 1;
	return 0;
}

/* Whether all that is known fits what the server says. */
static void
settle(struct watch *w, uint64_t modseq, int whole)
{
	/* What was read as a whole is true, whatever EXISTS says. */
	if (whole)
		w->exists = w->known.n;
	w->doubt = w->exists != w->known.n;
	if (w->doubt)
		return;
	w->modseq = modseq;
	w->synced = 1;
}

int
watch_sync(struct watch *w, struct imap *i, int vanished, struct fail *f)
{
	uint64_t modseq = i->box.modseq;
	int rc, whole;

	begin(w, &i->box);
	whole = w->doubt || !w->synced;
	if ((rc = read_changes(w, i, vanished, f)) == -1)
		rc = ask_less(w, vanished);
	w->doubt = 0;
	if (rc == 0 && !w->again)
		rc = watch_fetch(w, i, f);
	w->asked = 0;
	if (rc == 0 && !w->again)
		settle(w, modseq, whole);
	return rc;
}
