/* SPDX-License-Identifier: ISC */
/*
 * takebox: a Maildir that takes what is fetched (taker.h), in batches: all
 * written, synced by a thread while the next batch comes, noted in the state,
 * moved to new/, noted again.  The first ones are small, so that who is killed
 * again and again gets on nevertheless.
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "child.h"
#include "taker.h"
#include "text.h"
#include "ticks.h"

enum {
	FIRST = 64, /* messages */
	MOST = 1024,
	MOST_BYTES = 33554432,
	MOST_TIME = 2000, /* milliseconds: on a slow line it is little that
			     comes twice */
};

/* Before the first file is in tmp/, the state has whose it is, even if the
 * power fails: else nobody would remove it. */
static int
note_run(struct taker *t, struct fail *f)
{
	char *path = t->inside ? mem_str(SLICE(".")) :
	    realpath(t->maildir, NULL);

	if (path == NULL)
		return fail_errno(f, EX_TEMPFAIL, "%s",
		    TEXT_SHOW(slice_str(t->maildir)));
	popstate_run(t->state, t->run, path);
	free(path);
	t->noted = 1;
	return popstate_write(t->state, 1, f);
}

int
takebox_begin(struct taker *t, struct fail *f)
{
	if (t->now.batch == NULL) {
		t->now.batch = maildirbatch_open(t->maildir, t->run, f);
		if (t->now.batch == NULL)
			return -1;
		t->begun = ticks_now();
		if (t->most == 0)
			t->most = FIRST;
		if (!t->noted && note_run(t, f) == -1)
			return -1;
	}
	return maildirbatch_begin(t->now.batch, f);
}

/*
 * Notes what is about to be delivered.  Where there is no room for the notes
 * the last messages make room for them: 0, or -1, where *left is how many are
 * noted nevertheless.
 */
static int
note_pending(struct taker *t, struct taker_held *h, struct fail *f)
{
	int rc = 0;
	size_t i;

	while (h->n > 0) {
		for (i = 0; i < h->n; i++)
			popstate_pending(t->state, h->one[i].key,
			    maildirbatch_name(h->batch, i));
		if (popstate_write(t->state, 1, f) == 0)
			return rc;
		rc = -1;
		if (popstate_unsure(t->state))
			maildirbatch_keep(h->batch);
		if (popstate_unsure(t->state) || !fail_is_full(f))
			break;
		maildirbatch_drop(h->batch);
		h->n--;
	}
	h->n = 0;
	return rc;
}

/* Sees to it that all of "h" is durable, and remembered. */
static int
settle(struct taker *t, struct taker_held *h, struct fail *f)
{
	struct fail ignored = { 0 };
	int rc = maildirbatch_sync(h->batch, f);

	if (rc == 0)
		rc = note_pending(t, h, f);
	else
		h->n = 0;
	if (h->n > 0) {
		/* "f" has why the others are not among them. */
		struct fail *why = rc == 0 ? f : &ignored;

		maildirbatch_keep(h->batch);
		if (maildirbatch_deliver(h->batch, why) == -1) {
			t->left = 1;
			rc = -1;
		} else if (taker_remember(t, h, why) == -1) {
			rc = -1;
		}
	}
	t->left |= popstate_unsure(t->state);
	taker_forget(h);
	return rc;
}

/* The batch in hand is complete; what was before it is settled. */
static int
next_batch(struct taker *t, struct fail *f)
{
	struct taker_held empty = t->before;
	int rc = 0;

	if (t->before.batch != NULL)
		rc = settle(t, &t->before, f);
	empty = t->before;
	t->before = t->now;
	t->now = empty;
	maildirbatch_sync_start(t->before.batch);
	t->most = t->most < MOST ? t->most * 2 : MOST;
	return rc;
}

int
takebox_end(struct taker *t, const struct taker_message *m, struct fail *f)
{
	struct maildirbatch *b = t->now.batch;

	if (maildirbatch_end(b, m->crlf_size, f) == -1)
		return -1;
	taker_hold(&t->now, m);
	if (t->now.n < t->most && maildirbatch_bytes(b) < MOST_BYTES &&
	    ticks_now() - t->begun < MOST_TIME)
		return 0;
	return next_batch(t, f);
}

int
takebox_settle(struct taker *t, struct fail *f)
{
	struct fail ignored = { 0 };
	int rc = 0;

	if (t->before.batch != NULL)
		rc = settle(t, &t->before, f);
	if (t->now.batch != NULL &&
	    settle(t, &t->now, rc == 0 ? f : &ignored) == -1)
		rc = -1;
	return rc;
}

/* What was not settled is not in tmp/ any more, either. */
void
takebox_close(struct taker *t)
{
	struct fail ignored;

	taker_forget(&t->now);
	taker_forget(&t->before);
	if (!t->noted || t->left)
		return;
	popstate_done(t->state, t->run);
	(void)popstate_write(t->state, 0, &ignored);
}
