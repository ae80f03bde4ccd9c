/* SPDX-License-Identifier: ISC */
/* intake: a Maildir that takes what is fetched; see intake.h. */

#include <stdlib.h>

#include "intake.h"
#include "mem.h"
#include "text.h"
#include "ticks.h"

enum {
	FIRST = 64, /* messages */
	MOST = 1024,
	MOST_BYTES = 33554432,
	MOST_TIME = 2000, /* milliseconds: on a slow line it is little that
			     comes twice */
};

int
intake_start(struct intake *t, struct fail *f)
{
	t->most = FIRST;
	return maildirbatch_run(t->run, f);
}

/* Before the first file is in tmp/, the state has whose it is, even if the
 * power fails: else nobody would remove it. */
static int
note_run(struct intake *t, struct fail *f)
{
	char *path = t->inside ? mem_str(SLICE(".")) :
	    realpath(t->maildir, NULL);

	if (path == NULL)
		return fail_errno(f, EX_TEMPFAIL, "%s",
		    TEXT_SHOW(slice_str(t->maildir)));
	underway_run(t->underway, t->run, path);
	free(path);
	t->noted = 1;
	return statefile_write(t->underway->file, 1, f);
}

int
intake_begin(struct intake *t, struct fail *f)
{
	if (t->now.batch == NULL) {
		t->now.batch = maildirbatch_open(t->maildir, t->run, f);
		if (t->now.batch == NULL)
			return -1;
		t->begun = ticks_now();
		if (t->underway != NULL && !t->noted && note_run(t, f) == -1)
			return -1;
	}
	if (maildirbatch_begin(t->now.batch, f) == -1)
		return -1;
	t->open = 1;
	return 0;
}

static void
forget(struct intake_batch *b)
{
	b->n = 0;
	maildirbatch_close(&b->batch);
}

/*
 * Notes what is about to be delivered: 0, or -1.  Where there is no room for
 * the notes the last messages make room for them.
 */
static int
note_pending(struct intake *t, struct intake_batch *b, struct fail *f)
{
	struct statefile *file = t->underway->file;
	int rc = 0;
	size_t i;

	while (b->n > 0) {
		for (i = 0; i < b->n; i++)
			underway_pending(t->underway, t->key(t->ctx, b, i),
			    maildirbatch_name(b->batch, i));
		if (statefile_write(file, 1, f) == 0)
			return rc;
		rc = -1;
		if (file->unsure)
			maildirbatch_keep(b->batch);
		if (file->unsure || !fail_is_full(f))
			break;
		maildirbatch_drop(b->batch);
		b->n--;
	}
	b->n = 0;
	return rc;
}

/* What was noted, or need not be, is delivered. */
static int
deliver(struct intake *t, struct intake_batch *b, struct fail *f)
{
	if (t->underway != NULL)
		maildirbatch_keep(b->batch);
	if (maildirbatch_deliver(b->batch, f) == 0)
		return t->delivered(t->ctx, b, f);
	t->left = 1;
	return -1;
}

/* Sees to it that all of "b" is durable, noted, and told to the owner. */
static int
settle(struct intake *t, struct intake_batch *b, struct fail *f)
{
	struct fail ignored = { 0 };
	int rc = maildirbatch_sync(b->batch, f);

	if (rc == -1)
		b->n = 0;
	else if (t->underway != NULL)
		rc = note_pending(t, b, f);
	/* Where some are left out, "f" has why. */
	if (b->n > 0 && deliver(t, b, rc == 0 ? f : &ignored) == -1)
		rc = -1;
	t->left |= t->underway != NULL && t->underway->file->unsure;
	forget(b);
	return rc;
}

/* The batch in hand is complete; what was before it is settled. */
static int
next_batch(struct intake *t, struct fail *f)
{
	struct intake_batch empty;
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
intake_end(struct intake *t, uint64_t crlf_size, struct fail *f)
{
	if (maildirbatch_end(t->now.batch, crlf_size, f) == -1)
		return -1;
	t->open = 0;
	t->now.n++;
	if (t->now.n < t->most &&
	    maildirbatch_bytes(t->now.batch) < MOST_BYTES &&
	    ticks_now() - t->begun < MOST_TIME)
		return 0;
	return next_batch(t, f);
}

void
intake_drop(struct intake *t)
{
	if (t->open)
		maildirbatch_drop(t->now.batch);
	t->open = 0;
}

int
intake_settle(struct intake *t, struct fail *f)
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

void
intake_close(struct intake *t)
{
	struct fail ignored;

	forget(&t->now);
	forget(&t->before);
	if (!t->noted || t->left)
		return;
	underway_done(t->underway, t->run);
	(void)statefile_write(t->underway->file, 0, &ignored);
}
