/* SPDX-License-Identifier: ISC */
/* fetchtake: a response about a message, to somebody who takes what is in it;
 * see fetch.h. */

#include <inttypes.h>

#include "bodystructure.h"
#include "fetch.h"
#include "fetchstate.h"
#include "limits.h"

int
fetchtake_octets(struct tokens *t,
    int (*take)(void *ctx, struct slice piece, struct fail *why), void *ctx,
    struct fail *why)
{
	struct slice piece;
	struct token next;
	int rc;

	if (token_next(t, &next, why) == -1)
		return -1;
	if (next.kind == TOKEN_QUOTED)
		return take(ctx, next.text, why);
	if (next.kind == TOKEN_ATOM)
		return slice_caseeq(next.text, SLICE("NIL")) ? 1 :
		    fail_set(why, EX_PROTOCOL, "FETCH: an atom where text "
		    "belongs");
	if (next.kind != TOKEN_LITERAL)
		return fail_set(why, EX_PROTOCOL, "FETCH: no text");
	while ((rc = token_octets(t, &piece, why)) == 1)
		if (take(ctx, piece, why) == -1)
			return -1;
	return rc;
}

int
fetchtake_is_large(struct fetch *f, struct tokens *t, struct fail *why)
{
	struct token next;
	uint64_t size;

	if (f->most == 0)
		return 0;
	if (token_next(t, &next, why) == -1)
		return -1;
	size = next.kind == TOKEN_LITERAL ? next.size :
	    next.kind == TOKEN_QUOTED ? next.text.n : 0;
	if (size <= f->most) {
		token_back(t, &next);
		return 0;
	}
	if (next.kind == TOKEN_LITERAL && size - f->most > LIMIT_IMAP_UNREAD)
		return fail_set(why, EX_UNAVAILABLE, "larger than %" PRIu64
		    " octets, by so much that it is not read", f->most);
	return 1;
}

void
fetchtake_report_large(struct fetch *f, uint32_t uid)
{
	struct fail why = { 0 };

	(void)fail_set(&why, EX_UNAVAILABLE, "larger than %" PRIu64
	    " octets, and left there", f->most);
	fetch_report(f, uid, &why);
}

int
fetchtake_piece(void *ctx, struct slice piece, struct fail *why)
{
	struct fetch *f = ctx;
	int rc;

	f->done.bytes += piece.n;
	progress_now(&f->progress, f->done);
	if (f->hopeless)
		return -1;
	rc = f->box != NULL ? fetchbox_write(f->box, piece, why) :
	    fetchout_write(f->out, piece, why);
	if (rc == -1)
		fetch_give_up(f, why);
	return rc;
}

/* Is it the text that was asked for?  A piece of it, or another part, is not
 * the message, whoever says so. */
static int
is_text(const struct fetch *f, struct slice name)
{
	return slice_eq(name, f->what == FETCH_HEADER ? SLICE("BODY[HEADER]") :
	    SLICE("BODY[]"));
}

/* An item of a response that is ours; "ctx" is the fetch. */
static int
take_item(void *ctx, struct slice name, struct tokens *t, struct fail *why)
{
	struct fetch *f = ctx;
	int rc;

	if (f->what == FETCH_STRUCTURE && slice_eq(name,
	    SLICE("BODYSTRUCTURE")) && !f->begun) {
		f->begun = 1;
		return bodystructure_read(&f->structure, t, why) == -1 ? -1 : 1;
	}
	if (f->what == FETCH_STRUCTURE || f->begun || !is_text(f, name))
		return 0;
	if ((rc = fetchtake_is_large(f, t, why)) != 0) {
		f->large = 1;
		return rc;
	}
	rc = f->box != NULL ? fetchbox_begin(f->box, why) :
	    fetchout_begin(f->out, &f->message, why);
	if (rc == -1) {
		fetch_give_up(f, why);
		return -1;
	}
	f->begun = 1;
	rc = fetchtake_octets(t, fetchtake_piece, f, why);
	f->nil = rc == 1;
	return rc == -1 ? -1 : 1;
}

/* Is "uid" in the set?  Any is, where that has a star. */
static int
is_asked(const struct fetch_way *w, uint32_t uid)
{
	struct slice rest = buf_slice(&w->set);
	struct uidset_range range;

	while (uidset_next(&rest, &range) == 1)
		if (range.last == 0 || (range.first <= uid &&
		    uid <= range.last))
			return 1;
	return 0;
}

/* Is the message in hand one that will come, or should have?  Not where "*" may
 * be another one, or it is new. */
static int
is_due(const struct fetch *f, const struct fetch_way *w)
{
	struct slice rest = buf_slice(&w->set);
	uint32_t uid = f->message.uid, next = f->imap.box.uidnext;
	struct uidset_range range;

	while (uidset_next(&rest, &range) == 1)
		if (range.first != 0 && range.first <= uid &&
		    (uidset_is_open(range) ? uid < next : uid <= range.last))
			return 1;
	return 0;
}

/* The command by which the message in hand was asked for, once; NULL: none, and
 * nobody wants it. */
static struct fetch_way *
way_of(struct fetch *f)
{
	uint32_t uid = f->message.uid;
	unsigned i;

	if (!(f->message.has & MESSAGE_UID) || (f->state != NULL &&
	    ranges_has(fetchstate_known(f->state), uid)))
		return NULL;
	for (i = 0; i < f->nways; i++)
		if (is_asked(&f->way[i], uid))
			return ranges_has(&f->way[i].got, uid) ? NULL :
			    &f->way[i];
	return NULL;
}

static int
end_message(struct fetch *f, struct fail *why)
{
	if (f->what == FETCH_STRUCTURE)
		return fetchout_structure(f->out, &f->message, &f->structure,
		    why);
	return f->box != NULL ? fetchbox_end(f->box, &f->message, why) :
	    fetchout_end(f->out, why);
}

static void
drop_message(struct fetch *f)
{
	if (f->what != FETCH_STRUCTURE && f->box != NULL)
		fetchbox_drop(f->box);
}

/* The message in hand came, with NIL as its text.  Where it is due, the answer
 * to the command says whether it is gone. */
static void
take_no_text(struct fetch *f, struct fetch_way *w)
{
	uint32_t uid = f->message.uid;
	struct fail why = { 0 };

	drop_message(f);
	if (is_due(f, w)) {
		ranges_add(&w->told, uid, uid);
		return;
	}
	ranges_add(&w->got, uid, uid);
	(void)fail_set(&why, EX_TEMPFAIL,
	    "the server does not give its text");
	fetch_report(f, uid, &why);
}

void
fetchtake_message(struct fetch *f, const struct imap_response *r)
{
	struct fail why = { 0 };
	struct fetch_way *w;
	int rc;

	f->begun = f->nil = f->large = 0;
	rc = message_read(&f->imap, r, &f->message, take_item, f, &why);
	if (rc == -1) {
		if (f->begun)
			drop_message(f);
		/* What would be read for ever. */
		if (f->large && !f->imap.dead) {
			f->imap.dead = 1;
			fetch_report(f, f->message.uid, &why);
		} else if (f->imap.dead)
			fetch_lost(f, &why);
		else if (!f->hopeless)
			fetch_report(f, f->message.uid, &why);
		return;
	}
	w = way_of(f);
	if (f->large && w != NULL) {
		ranges_add(&w->got, f->message.uid, f->message.uid);
		fetchtake_report_large(f, f->message.uid);
		return;
	}
	if (!f->begun && w != NULL && is_due(f, w))
		ranges_add(&w->told, f->message.uid, f->message.uid);
	if (f->begun && w == NULL)
		drop_message(f);
	if (!f->begun || w == NULL)
		return;
	if (f->nil) {
		/* Of a resumed one what is gone is told of the mailbox. */
		if (!f->resumed)
			take_no_text(f, w);
		return;
	}
	ranges_add(&w->got, f->message.uid, f->message.uid);
	f->all++;
	f->done.items++;
	progress_now(&f->progress, f->done);
	if (end_message(f, &why) == -1) {
		drop_message(f);
		fetch_give_up(f, &why);
	}
}
