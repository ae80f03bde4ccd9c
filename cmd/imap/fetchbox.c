/* SPDX-License-Identifier: ISC */
/* fetchbox: a Maildir that takes what is fetched; see fetchbox.h. */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "fetchbox.h"
#include "maildirfs.h"
#include "maildirname.h"
#include "text.h"

enum {
	PIECE = 65536,
	LINE = 32768,
};

int
fetchbox_write(struct fetchbox *b, struct slice piece, struct fail *f)
{
	struct slice part;

	while (piece.n > 0) {
		part = slice_sub(piece, 0, PIECE);
		piece = slice_sub(piece, PIECE, piece.n);
		buf_clear(&b->piece);
		(void)uncrlf_add(&b->text, part, &b->piece);
		if (maildirbatch_write(b->intake.now.batch,
		    buf_slice(&b->piece), f) == -1)
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
			return fail_at(f, b->maildir);
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

/* Notes the uid of the message in hand. */
static void
hold(struct intake_batch *b, uint32_t uid)
{
	struct fetchbox_held *h = b->facts;

	if (b->n == h->room) {
		h->room = h->room * 2 + 64;
		h->uid = mem_resize(h->uid, h->room, sizeof(*h->uid));
	}
	h->uid[b->n] = uid;
}

static uint32_t
uid_of(const struct intake_batch *b, size_t i)
{
	return ((const struct fetchbox_held *)b->facts)->uid[i];
}

static struct slice
key_of(void *ctx, const struct intake_batch *b, size_t i)
{
	struct fetchbox *box = ctx;

	return fetchstate_key(box->state, uid_of(b, i));
}

/* All of "h" is durable: now it is remembered so. */
static int
remember(struct fetchbox *b, const struct intake_batch *h, struct fail *f)
{
	struct ranges uids = { 0 };
	size_t i;

	for (i = 0; i < h->n; i++)
		ranges_add(&uids, uid_of(h, i), uid_of(h, i));
	fetchstate_fetched(b->state, &uids);
	ranges_free(&uids);
	return fetchstate_write(b->state, f);
}

/* A line for each of "h". */
static void
tell(struct fetchbox *b, const struct intake_batch *h)
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
			(void)buf_addf(&line, "%" PRIu32 "\t",
			    uid_of(h, i));
			(void)text_column(&line, buf_slice(&path), 0);
		}
		(void)buf_addc(&line, b->nul ? '\0' : '\n');
		output_put(b->out, buf_slice(&line));
	}
	buf_free(&line);
	buf_free(&path);
}

static int
delivered(void *ctx, const struct intake_batch *h, struct fail *f)
{
	struct fetchbox *b = ctx;
	size_t i;

	if (b->state != NULL && remember(b, h, f) == -1)
		return -1;
	for (i = 0; i < h->n && b->counts; i++)
		ranges_add(&b->durable, uid_of(h, i), uid_of(h, i));
	tell(b, h);
	output_offer(b->out);
	return b->out->error == 0 ? 0 : output_flush(b->out, f);
}

int
fetchbox_open(struct fetchbox *b, struct fail *f)
{
	b->piece = BUF(PIECE + 1);
	b->intake = (struct intake){ .maildir = b->maildir, .ctx = b,
		.key = key_of, .delivered = delivered,
		.now.facts = &b->held[0], .before.facts = &b->held[1] };
	if ((b->dir = maildirfs_open(b->maildir, f)) == -1)
		return maildirfs_refused(f);
	if (intake_start(&b->intake, f) == -1)
		return -1;
	return keywords_read(&b->keywords, b->dir, f) == 0 ? 0 :
	    fail_at(f, b->maildir);
}

void
fetchbox_remember(struct fetchbox *b, struct fetchstate *s, int inside)
{
	b->state = s;
	b->intake.underway = fetchstate_underway(s);
	b->intake.inside = inside;
}

int
fetchbox_begin(struct fetchbox *b, struct fail *f)
{
	b->text = (struct uncrlf){ 0 };
	return intake_begin(&b->intake, f);
}

int
fetchbox_end(struct fetchbox *b, const struct message *m, struct fail *f)
{
	struct maildirbatch *batch = b->intake.now.batch;
	uint32_t flags;

	buf_clear(&b->piece);
	(void)uncrlf_end(&b->text, &b->piece);
	if (flags_of(b, buf_slice(&m->flags), &flags, f) == -1 ||
	    maildirbatch_write(batch, buf_slice(&b->piece), f) == -1)
		return -1;
	maildirbatch_flags(batch, flags);
	if (m->has & MESSAGE_DATE)
		maildirbatch_date(batch, m->date);
	hold(&b->intake.now, m->uid);
	return intake_end(&b->intake, b->text.crlf_size, f);
}

void
fetchbox_drop(struct fetchbox *b)
{
	intake_drop(&b->intake);
}

int
fetchbox_settle(struct fetchbox *b, struct fail *f)
{
	return intake_settle(&b->intake, f);
}

void
fetchbox_close(struct fetchbox *b)
{
	intake_close(&b->intake);
	ranges_free(&b->durable);
	free(b->held[0].uid);
	free(b->held[1].uid);
	buf_free(&b->piece);
	keywords_free(&b->keywords);
	if (b->dir != -1)
		(void)close(b->dir);
}
