/* SPDX-License-Identifier: ISC */
/* fetch: one message from the server to the taker; see fetch.h. */

#include <inttypes.h>

#include "fetch.h"

enum {
	/* What is not taken is read past nevertheless, so that what was taken
	 * can be deleted; but not for ever. */
	SKIPPED = 67108864,	    /* bytes more than were announced, */
	ANNOUNCED_MOST = 1073741824, /* as far as that is believed */
};

/* From here on the message is only read past. */
static void
refuse(struct fetch *f, const struct fail *why, int hopeless)
{
	f->refusal = *why;
	f->hopeless |= hopeless;
	taker_drop(&f->taker);
}

/* A piece of a message that nobody takes. */
static int
skip_piece(struct fetch *f, struct slice piece, struct fail *why)
{
	f->skipped += piece.n;
	if (f->skipped <= f->skipped_most)
		return 0;
	f->lost = 1;
	*why = f->refusal;
	return -1;
}

/* A piece of the message in hand; "ctx" is the fetch. */
static int
take_piece(void *ctx, struct slice piece, struct fail *why)
{
	struct fetch *f = ctx;

	f->done.bytes += piece.n;
	progress_now(&f->progress, f->done);
	if (f->pop.body.size == piece.n)
		f->like_reply = slice_starts(piece, SLICE("+OK")) ||
		    slice_starts(piece, SLICE("-ERR"));
	if (f->refusal.class != 0)
		return skip_piece(f, piece, why);
	if (f->most > 0 && f->pop.body.size > f->most) {
		(void)fail_set(why, EX_UNAVAILABLE, "larger than %" PRIu64
		    " bytes, and left there", f->most);
		refuse(f, why, 0);
		return 0;
	}
	mark_add(&f->mark, piece);
	if ((f->digest != NULL && digest_add(f->digest, piece, why) == -1) ||
	    taker_write(&f->taker, piece, why) == -1)
		refuse(f, why, 1);
	return 0;
}

/* Its key, where that is what is in it: 1 where the message is known by it. */
static int
known_by_digest(struct fetch *f, struct wanted *w, struct slice *key,
    struct fail *why)
{
	unsigned char sha[DIGEST_SHA256];
	int64_t when;

	if (f->digest == NULL)
		return 0;
	if (digest_end(&f->digest, sha, why) == -1)
		return -1;
	popstate_digest(&f->key, sha);
	*key = buf_slice(&f->key);
	if (f->nuids == 0 && popstate_find(f->state, *key, &when)) {
		popstate_listed(f->state, *key);
		w->delete = fetch_is_due(f, when);
		return 1;
	}
	if (w->message->unique)
		*key = fetch_key(f, w->message);
	return 0;
}

/* Was it fetched when no other message had its unique-id? */
static int
known_by_mark(struct fetch *f, struct wanted *w, struct slice mark)
{
	struct slice key = fetch_shared_key(f, w->message);
	int64_t when;

	if (w->message->unique || f->state == NULL || f->nuids > 0 ||
	    !popstate_is(f->state, key, mark) ||
	    !popstate_find(f->state, key, &when))
		return 0;
	w->delete = fetch_is_due(f, when);
	return 1;
}

void
fetch_doubt(struct fetch *f, struct wanted *w, enum fetch_doubt reason)
{
	(void)fail_set(&f->refusal, EX_PROTOCOL, "its replies do not end");
	f->doubted = w;
	f->doubts = reason;
}

int
fetch_verify(struct fetch *f, struct fail *why)
{
	uint64_t messages, octets;

	if (pop_stat(&f->pop, &messages, &octets, why) == 0) {
		f->believed |= f->doubts;
		f->refusal = (struct fail){ 0 };
		f->doubted = NULL;
		return 0;
	}
	f->lost = 1;
	if (!f->pop.dead)
		(void)fail_set(why, EX_PROTOCOL,
		    "its replies are not those to what it was asked");
	return -1;
}

/* May it be another message?  Where a server says something that it was not
 * asked for, what follows is taken for the message after it, or has the reply
 * for its first line.  But not all servers count as they should. */
static int
is_doubtful(struct fetch *f, struct wanted *w)
{
	enum fetch_doubt reason = f->like_reply ? FETCH_LIKE_REPLY :
	    FETCH_SIZE;

	if (f->pop.body.octets == w->message->size ||
	    (f->believed & reason) != 0)
		return 0;
	fetch_doubt(f, w, reason);
	return 1;
}

/* The message is whole: 0 where it is the taker's, or known; else -1. */
static int
finish(struct fetch *f, struct wanted *w, struct fail *why)
{
	struct slice mark = mark_end(&f->mark), key;
	int rc;

	if (is_doubtful(f, w) && (!f->last || fetch_verify(f, why) == -1)) {
		taker_drop(&f->taker);
		return -1;
	}
	rc = known_by_mark(f, w, mark);
	key = fetch_key(f, w->message);
	if (rc == 0)
		rc = known_by_digest(f, w, &key, why);
	if (rc == 1) {
		taker_drop(&f->taker);
		w->taken = 1;
		/* Next time that is known without a look at it. */
		if (w->message->unique)
			popstate_fetched(f->state, fetch_key(f, w->message),
			    mark);
		return 0;
	}
	if (rc == 0)
		rc = taker_end(&f->taker, &(struct taker_message){ w, key,
		    w->message->unique ? mark : SLICE(""),
		    f->pop.body.crlf_size }, why);
	if (rc == 0)
		return 0;
	refuse(f, why, rc == -1);
	return -1;
}

/* Messages that have no unique-id of their own have a digest; and all where
 * some are known by it, as a server may have unique-ids now and then. */
static void
begin(struct fetch *f, const struct wanted *w)
{
	struct fail why = { 0 };

	if (taker_begin(&f->taker, &why) == -1) {
		refuse(f, &why, 1);
		return;
	}
	if (f->state == NULL)
		return;
	if (w->message->uid.n > 0)
		mark_begin(&f->mark);
	if (w->message->unique && !popstate_has_digests(f->state))
		return;
	if ((f->digest = digest_begin(&why)) == NULL)
		refuse(f, &why, 1);
}

int
fetch_take(struct fetch *f, struct wanted *w, struct fail *why)
{
	unsigned char ignored[DIGEST_SHA256];
	struct fail other;
	int rc;

	f->like_reply = 0;
	f->skipped = 0;
	f->skipped_most = SKIPPED + (w->message->size < ANNOUNCED_MOST ?
	    w->message->size : ANNOUNCED_MOST);
	if (!f->hopeless && f->doubted == NULL) {
		f->refusal = (struct fail){ 0 };
		begin(f, w);
	}
	rc = pop_body(&f->pop, take_piece, f, why);
	if (rc == 0 && f->refusal.class != 0) {
		*why = f->refusal;
		rc = -1;
	} else if (rc == 0) {
		rc = finish(f, w, why);
	} else if (f->refusal.class == 0) {
		taker_drop(&f->taker);
	}
	(void)digest_end(&f->digest, ignored, &other);
	(void)mark_end(&f->mark);
	return rc;
}
