/* SPDX-License-Identifier: ISC */
/* watch: a mailbox whose messages are known; see watch.h. */

#include "limits.h"
#include "uidset.h"
#include "watching.h"

void
watch_start(struct watch *w, const char *name)
{
	*w = (struct watch){ .name = name,
		.message.flags = BUF(LIMIT_IMAP_TOKEN) };
}

void
watch_free(struct watch *w)
{
	known_free(&w->known);
	buf_free(&w->message.flags);
}

void
watch_tell(struct watch *w, enum watch_event event, uint32_t uid,
    struct slice flags)
{
	if ((w->asked & ASKED_QUIETLY) == 0)
		w->tell(w->ctx, w, event, uid, flags);
}

static int
put(struct watch *w, uint32_t uid, uint64_t digest, struct slice flags,
    struct fail *f)
{
	switch (known_put(&w->known, uid, digest)) {
	case KNOWN_FULL:
		return fail_set(f, EX_UNAVAILABLE, "more than %d messages",
		    LIMIT_IMAP_WATCHED);
	case KNOWN_NEW:
		watch_tell(w, WATCH_NEW, uid, flags);
		break;
	case KNOWN_LEARNT:
		if ((w->asked & ASKED_ALL) != 0)
			break;
		/* FALLTHROUGH */
	case KNOWN_CHANGED:
		watch_tell(w, WATCH_FLAGS, uid, flags);
		break;
	case KNOWN_SAME:
		break;
	}
	return 0;
}

void
watch_drop(struct watch *w, uint32_t uid)
{
	if (known_drop(&w->known, uid))
		watch_tell(w, WATCH_EXPUNGE, uid, (struct slice){ NULL, 0 });
}

static int
take_fetch(struct watch *w, struct imap *i, const struct imap_response *r,
    struct fail *f)
{
	struct message *m = &w->message;
	struct slice flags;
	uint32_t uid;

	if (message_read(i, r, m, NULL, NULL, f) == -1)
		return -1;
	if ((m->has & MESSAGE_FLAGS) == 0 || m->number > w->exists)
		return 0;
	flags = buf_slice(&m->flags);
	if ((m->has & MESSAGE_UID) != 0)
		return put(w, m->uid, known_digest(flags), flags, f);
	if ((w->asked & ASKED_BEGIN) != 0)
		w->again = 1;
	else if ((uid = known_uid(&w->known, m->number)) != 0)
		return put(w, uid, known_digest(flags), flags, f);
	return 0;
}

static void
take_expunge(struct watch *w, uint32_t number)
{
	uint32_t uid;

	if (number == 0 || number > w->exists)
		return;
	w->exists--;
	if ((w->asked & ASKED_BEGIN) != 0)
		w->again = 1;
	else if ((uid = known_uid(&w->known, number)) != 0)
		watch_drop(w, uid);
}

/* What vanished of messages that were not fetched yet. */
static void
forget_unknown(struct watch *w, struct uidset_range range)
{
	uint32_t last = known_last(&w->known), n;

	if (range.last <= last || w->exists <= w->known.n)
		return;
	n = range.last - (range.first > last ? range.first - 1 : last);
	if (n > w->exists - w->known.n)
		n = w->exists - w->known.n;
	w->exists -= n;
}

static int
vanish(struct watch *w, struct slice set, int earlier, struct fail *f)
{
	struct uidset_range range;
	uint32_t uid, n;
	int rc;

	/* Numbers that were asked for may be those of other messages now. */
	if ((w->asked & ASKED_UIDS) != 0)
		w->again = 1;
	while ((rc = uidset_next(&set, &range)) == 1) {
		if (range.first == 0 || range.last == 0)
			break;
		if (!earlier)
			forget_unknown(w, range);
		n = w->known.n;
		while ((uid = known_next(&w->known, range.first)) != 0 &&
		    uid <= range.last)
			watch_drop(w, uid);
		n -= w->known.n;
		if (!earlier)
			w->exists -= n < w->exists ? n : w->exists;
	}
	return rc == 0 ? 0 : fail_set(f, EX_PROTOCOL, "VANISHED: no set of "
	    "uids");
}

/* RFC 7162, 3.2.10: [(EARLIER)] set. */
static int
take_vanished(struct watch *w, struct imap *i, struct fail *f)
{
	struct token t;
	int earlier;

	if (token_next(&i->tokens, &t, f) == -1)
		return -1;
	earlier = t.kind == TOKEN_OPEN;
	if (earlier) {
		token_back(&i->tokens, &t);
		if (token_skip(&i->tokens, f) == -1 ||
		    token_next(&i->tokens, &t, f) == -1)
			return -1;
	}
	if (t.kind != TOKEN_ATOM)
		return fail_set(f, EX_PROTOCOL, "VANISHED: no set of uids");
	return vanish(w, t.text, earlier, f);
}

/* A uid of SEARCH.  What is new is fetched later, with its flags; but where it
 * is new in between, which no server may have, it is told without any. */
static int
found(struct watch *w, uint32_t uid, struct fail *f)
{
	struct slice none = { NULL, 0 };
	uint64_t digest = 0;

	if (w->synced && uid > known_last(&w->known))
		return 0;
	if (w->synced && known_next(&w->known, uid) != uid)
		digest = known_digest(none);
	return put(w, uid, digest, none, f);
}

static int
take_search(struct watch *w, struct imap *i, struct fail *f)
{
	struct token t;
	uint64_t uid;

	for (;;) {
		if (token_next(&i->tokens, &t, f) == -1)
			return -1;
		if (t.kind != TOKEN_ATOM) {
			token_back(&i->tokens, &t);
			return 0; /* the end, or (MODSEQ n) */
		}
		if (token_parse_number(t.text, UINT32_MAX, &uid) == -1 ||
		    uid == 0)
			return fail_set(f, EX_PROTOCOL, "SEARCH: no uid");
		if (found(w, (uint32_t)uid, f) == -1)
			return -1;
	}
}

static int
found_set(struct watch *w, struct slice set, struct fail *f)
{
	struct uidset_range range;
	uint32_t uid;
	int rc;

	while ((rc = uidset_next(&set, &range)) == 1) {
		if (range.first == 0 || range.last == 0)
			break;
		for (uid = range.first;; uid++) {
			if (found(w, uid, f) == -1)
				return -1;
			if (uid == range.last || (w->synced &&
			    uid > known_last(&w->known)))
				break;
		}
	}
	return rc == 0 ? 0 : fail_set(f, EX_PROTOCOL, "ESEARCH: no set of "
	    "uids");
}

/* RFC 4731: [(TAG "x")] [UID] *(name value). */
static int
take_esearch(struct watch *w, struct imap *i, struct fail *f)
{
	struct token t;
	int all = 0;

	for (;;) {
		if (token_next(&i->tokens, &t, f) == -1)
			return -1;
		if (t.kind == TOKEN_END) {
			token_back(&i->tokens, &t);
			return 0;
		}
		if (t.kind != TOKEN_ATOM) {
			token_back(&i->tokens, &t);
			if (token_skip(&i->tokens, f) == -1)
				return -1;
		} else if (all && found_set(w, t.text, f) == -1)
			return -1;
		all = !all && t.kind == TOKEN_ATOM &&
		    slice_caseeq(t.text, SLICE("ALL"));
	}
}

int
watch_take(struct watch *w, struct imap *i, const struct imap_response *r,
    struct fail *f)
{
	int rc = 0;

	if (imap_is(r, "FETCH") || imap_is(r, "UIDFETCH"))
		rc = take_fetch(w, i, r, f);
	else if (imap_is(r, "EXISTS")) {
		w->exists = r->number;
		if (w->exists < w->known.n && (w->asked & ASKED_BEGIN) == 0)
			w->again = 1;
	} else if (imap_is(r, "EXPUNGE"))
		take_expunge(w, r->number);
	else if (imap_is(r, "VANISHED"))
		rc = take_vanished(w, i, f);
	else if (imap_is(r, "SEARCH") && (w->asked & ASKED_UIDS) != 0)
		rc = take_search(w, i, f);
	else if (imap_is(r, "ESEARCH") && (w->asked & ASKED_UIDS) != 0)
		rc = take_esearch(w, i, f);
	else
		return w->other(w->other_ctx, r, f);
	return rc == -1 ? fail_at(f, w->name) : 0;
}

int
watch_wants(const struct watch *w)
{
	if (w->again || w->doubt || w->exists < w->known.n)
		return WATCH_SYNC;
	return w->exists > w->known.n ? WATCH_FETCH : WATCH_NOTHING;
}
