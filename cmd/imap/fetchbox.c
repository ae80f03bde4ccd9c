/* SPDX-License-Identifier: ISC */
/* fetchbox: a Maildir that takes what is fetched; see fetchbox.h. */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "fetchbox.h"
#include "limits.h"
#include "maildirfs.h"
#include "maildirname.h"
#include "text.h"
#include "ticks.h"

enum {
	FIRST = 64, /* messages: who is killed again and again gets on */
	MOST = 1024,
	MOST_BYTES = 33554432,
	MOST_TIME = 2000, /* milliseconds: on a slow line it is little that
			     comes twice */
	PIECE = 65536,
	LINE = 32768,
};

int
fetchbox_open(struct fetchbox *b, struct fail *f)
{
	b->piece = BUF(PIECE + 1);
	if ((b->dir = maildirfs_open(b->maildir, f)) == -1 ||
	    maildirbatch_run(b->run, f) == -1 ||
	    keywords_read(&b->keywords, b->dir, f) == -1)
		return -1;
	return 0;
}

/* Before the first file is in tmp/, the state has whose it is, even if the
 * power fails: else nobody would remove it. */
static int
note_run(struct fetchbox *b, struct fail *f)
{
	b->noted = 1;
	fetchstate_run(b->state, b->run);
	return fetchstate_write(b->state, 1, f);
}

int
fetchbox_begin(struct fetchbox *b, struct fail *f)
{
	if (b->now.batch == NULL) {
		b->now.batch = maildirbatch_open(b->maildir, b->run, f);
		if (b->now.batch == NULL)
			return -1;
		b->begun = ticks_now();
		if (b->most == 0)
			b->most = FIRST;
		if (b->state != NULL && !b->noted && note_run(b, f) == -1)
			return -1;
	}
	b->text = (struct uncrlf){ 0 };
	return maildirbatch_begin(b->now.batch, f);
}

int
fetchbox_write(struct fetchbox *b, struct slice piece, struct fail *f)
{
	struct slice part;

	while (piece.n > 0) {
		part = slice_sub(piece, 0, PIECE);
		piece = slice_sub(piece, PIECE, piece.n);
		buf_clear(&b->piece);
		(void)uncrlf_add(&b->text, part, &b->piece);
		if (maildirbatch_write(b->now.batch, buf_slice(&b->piece),
		    f) == -1)
			return -1;
	}
	return 0;
}

static uint32_t
system_flag(struct slice word)
{
	static const struct {
		const char *word;
		uint32_t flag;
	} flags[] = {
		{ "\\Answered", MAILDIRNAME_REPLIED },
		{ "\\Deleted", MAILDIRNAME_TRASHED },
		{ "\\Draft", MAILDIRNAME_DRAFT },
		{ "\\Flagged", MAILDIRNAME_FLAGGED },
		{ "\\Seen", MAILDIRNAME_SEEN },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (slice_caseeq(word, slice_str(flags[i].word)))
			return flags[i].flag;
	return 0;
}

/* The letter of a keyword, which gets one where it has none. */
static int
keyword_flag(struct fetchbox *b, struct slice word, uint32_t *flags,
    struct fail *f)
{
	int i = keywords_find(&b->keywords, word);

	if (i == -1 && !b->told) {
		if (keywords_add(&b->keywords, b->dir, &word, 1, f) == -1)
			return -1;
		i = keywords_find(&b->keywords, word);
	}
	if (i != -1)
		*flags |= UINT32_C(1) << i;
	else if (!b->told)
		cli_warn("%s: no letter is left for the keyword %s, nor for "
		    "others", b->maildir, TEXT_SHOW(word));
	b->told |= i == -1;
	return 0;
}

static int
flags_of(struct fetchbox *b, struct slice words, uint32_t *flags,
    struct fail *f)
{
	struct slice word;

	*flags = 0;
	while (slice_word(&words, &word))
		if (word.p[0] == '\\')
			*flags |= system_flag(word);
		else if (keyword_flag(b, word, flags, f) == -1)
			return -1;
	return 0;
}

static void
hold(struct fetchbox_held *h, uint32_t uid)
{
	if (h->n == h->room) {
		h->room = h->room * 2 + 64;
		h->uid = mem_resize(h->uid, h->room, sizeof(*h->uid));
	}
	h->uid[h->n++] = uid;
}

static void
forget(struct fetchbox_held *h)
{
	h->n = 0;
	maildirbatch_close(&h->batch);
}

/*
 * Notes what is about to be delivered: 0, or -1.  Where there is no room for
 * the notes the last messages make room for them.
 */
static int
note_pending(struct fetchbox *b, struct fetchbox_held *h, struct fail *f)
{
	int rc = 0;
	size_t i;

	while (h->n > 0) {
		for (i = 0; i < h->n; i++)
			fetchstate_pending(b->state, h->uid[i],
			    maildirbatch_name(h->batch, i));
		if (fetchstate_write(b->state, 1, f) == 0)
			return rc;
		rc = -1;
		if (fetchstate_unsure(b->state))
			maildirbatch_keep(h->batch);
		if (fetchstate_unsure(b->state) || !fail_is_full(f))
			break;
		maildirbatch_drop(h->batch);
		h->n--;
	}
	h->n = 0;
	return rc;
}

/* All of "h" is durable: now it is remembered so. */
static int
remember(struct fetchbox *b, struct fetchbox_held *h, struct fail *f)
{
	struct ranges uids = { 0 };
	size_t i;

	for (i = 0; i < h->n; i++)
		ranges_add(&uids, h->uid[i], h->uid[i]);
	fetchstate_fetched(b->state, &uids);
	ranges_free(&uids);
	return fetchstate_write(b->state, 1, f);
}

/* A line for each of "h". */
static void
tell(struct fetchbox *b, const struct fetchbox_held *h)
{
	struct buf line = BUF(LINE), path = BUF(LINE);
	const char *name;
	size_t i;

	for (i = 0; i < h->n; i++) {
		name = maildirbatch_name(h->batch, i);
		buf_clear(&line);
		buf_clear(&path);
		(void)buf_addf(&path, "%s/%s/%s", b->maildir,
		    maildirbatch_part(name), name);
		if (b->nul) {
			(void)buf_add(&line, buf_slice(&path));
		} else {
			(void)buf_addf(&line, "%" PRIu32 "\t", h->uid[i]);
			(void)text_column(&line, buf_slice(&path), 0);
		}
		(void)buf_addc(&line, b->nul ? '\0' : '\n');
		output_put(b->out, buf_slice(&line));
	}
	buf_free(&line);
	buf_free(&path);
}

/* "h" is in the Maildir. */
static int
delivered(struct fetchbox *b, struct fetchbox_held *h, struct fail *f)
{
	size_t i;

	if (b->state != NULL && remember(b, h, f) == -1)
		return -1;
	for (i = 0; i < h->n && b->counts; i++)
		ranges_add(&b->durable, h->uid[i], h->uid[i]);
	tell(b, h);
	output_offer(b->out);
	return b->out->error == 0 ? 0 : output_flush(b->out, f);
}

/* Sees to it that all of "h" is durable, remembered, and told. */
static int
settle_held(struct fetchbox *b, struct fetchbox_held *h, struct fail *f)
{
	struct fail ignored = { 0 }, *why = f;
	int rc = 0;

	if (h->batch != NULL)
		rc = maildirbatch_sync(h->batch, f);
	if (rc == -1)
		h->n = 0;
	else if (b->state != NULL)
		rc = note_pending(b, h, f);
	if (rc == -1)
		why = &ignored; /* "f" has why the others are not among them */
	if (h->n > 0) {
		if (b->state != NULL)
			maildirbatch_keep(h->batch);
		if (maildirbatch_deliver(h->batch, why) == -1) {
			b->left = 1;
			rc = -1;
		} else if (delivered(b, h, why) == -1) {
			rc = -1;
		}
	}
	b->left |= b->state != NULL && fetchstate_unsure(b->state);
	forget(h);
	return rc;
}

/* The batch in hand is complete; what was before it is settled. */
static int
next_batch(struct fetchbox *b, struct fail *f)
{
	struct fetchbox_held empty;
	int rc = 0;

	if (b->before.batch != NULL)
		rc = settle_held(b, &b->before, f);
	empty = b->before;
	b->before = b->now;
	b->now = empty;
	maildirbatch_sync_start(b->before.batch);
	b->most = b->most < MOST ? b->most * 2 : MOST;
	return rc;
}

int
fetchbox_end(struct fetchbox *b, const struct message *m, struct fail *f)
{
	struct maildirbatch *batch = b->now.batch;
	uint32_t flags;

	buf_clear(&b->piece);
	(void)uncrlf_end(&b->text, &b->piece);
	if (flags_of(b, buf_slice(&m->flags), &flags, f) == -1 ||
	    maildirbatch_write(batch, buf_slice(&b->piece), f) == -1)
		return -1;
	maildirbatch_flags(batch, flags);
	if (m->has & MESSAGE_DATE)
		maildirbatch_date(batch, m->date);
	if (maildirbatch_end(batch, b->text.crlf_size, f) == -1)
		return -1;
	hold(&b->now, m->uid);
	if (b->now.n < b->most && maildirbatch_bytes(batch) < MOST_BYTES &&
	    ticks_now() - b->begun < MOST_TIME)
		return 0;
	return next_batch(b, f);
}

void
fetchbox_drop(struct fetchbox *b)
{
	if (b->now.batch != NULL)
		maildirbatch_drop(b->now.batch);
}

int
fetchbox_settle(struct fetchbox *b, struct fail *f)
{
	struct fail ignored = { 0 };
	int rc = 0;

	if (b->before.batch != NULL)
		rc = settle_held(b, &b->before, f);
	if (settle_held(b, &b->now, rc == 0 ? f : &ignored) == -1)
		rc = -1;
	return rc;
}

/* What was not settled is not in tmp/ any more, either. */
void
fetchbox_close(struct fetchbox *b)
{
	struct fail ignored;

	forget(&b->now);
	forget(&b->before);
	if (b->noted && !b->left) {
		fetchstate_done(b->state, b->run);
		(void)fetchstate_write(b->state, 0, &ignored);
	}
	ranges_free(&b->durable);
	free(b->now.uid);
	free(b->before.uid);
	buf_free(&b->piece);
	keywords_free(&b->keywords);
	if (b->dir != -1)
		(void)close(b->dir);
}
