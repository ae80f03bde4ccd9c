/* SPDX-License-Identifier: ISC */
/* fetch: messages of a mailbox, to somebody who takes them; see fetch.h. */

#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "fetch.h"
#include "fetchstate.h"
#include "interrupt.h"
#include "limits.h"
#include "namespace.h"
#include "text.h"

enum {
	GRACE = 5,	   /* seconds that the server has after a signal */
	AHEAD = 2,	   /* sets that are asked for */
	DELETED_MOST = 1000, /* ranges that wait to be */
};

void
fetch_report(struct fetch *f, uint32_t uid, struct fail *why)
{
	char number[40];

	progress_clear(&f->progress);
	(void)snprintf(number, sizeof(number), "message %" PRIu32, uid);
	if (uid != 0)
		(void)fail_at(why, number);
	f->status = cli_worse(f->status, cli_report(why));
}

void
fetch_give_up(struct fetch *f, struct fail *why)
{
	if (!f->hopeless)
		fetch_report(f, 0, why);
	f->hopeless = 1;
}

void
fetch_lost(struct fetch *f, struct fail *why)
{
	if (interrupt_came())
		return;
	(void)fail_at(why, imap_name(&f->imap));
	fetch_report(f, 0, why);
}

static const char *
text_of(const struct fetch *f)
{
	if (f->what == FETCH_STRUCTURE)
		return "RFC822.SIZE BODYSTRUCTURE";
	if (f->what == FETCH_HEADER)
		return f->sees ? "BODY[HEADER]" : "BODY.PEEK[HEADER]";
	return f->sees ? "BODY[]" : "BODY.PEEK[]";
}

/* Has it a place for when a message came?  A server may have to look for it. */
static int
keeps_date(const struct fetch *f)
{
	return f->box != NULL || (f->what != FETCH_STRUCTURE &&
	    f->out->form == FETCHOUT_MBOX);
}

static void
say(struct fetch *f, struct fetch_way *w)
{
	w->command = imap_say(&f->imap, "UID FETCH %s (UID%s%s %s)",
	    fetchplan_asked(w), f->box != NULL ? " FLAGS" : "",
	    keeps_date(f) ? " INTERNALDATE" : "", text_of(f));
	imap_said(&f->imap);
}

/* Asks for more. */
static void
ask(struct fetch *f)
{
	struct fail why = { 0 };
	struct fetch_way *w;
	struct slice set;
	int rc;

	while (!interrupt_came() && !f->hopeless && !f->ended &&
	    f->nways < (f->resumed ? 1 : AHEAD) && imap_room(&f->imap) > 0) {
		if (f->box != NULL && f->box->durable.n > DELETED_MOST)
			return;
		rc = fetchplan_next(f, &set, &why);
		f->ended = rc != 1;
		if (rc == -1)
			fetch_report(f, 0, &why);
		if (rc != 1)
			return;
		w = &f->way[f->nways++];
		w->set = BUF(LIMIT_IMAP_LINE);
		(void)buf_add(&w->set, set);
		say(f, w);
	}
}

static void
forget_way(struct fetch *f)
{
	unsigned i;

	buf_free(&f->way[0].set);
	buf_free(&f->way[0].rest);
	ranges_free(&f->way[0].got);
	ranges_free(&f->way[0].told);
	for (i = 1; i < f->nways; i++)
		f->way[i - 1] = f->way[i];
	f->way[--f->nways] = (struct fetch_way){ 0 };
}

/* The answer to f->way[0]. */
static void
answered(struct fetch *f, const struct imap_response *r,
    enum imap_result result, struct fail *why)
{
	int rc = f->resumed ? fetchresume_again(f) : 0;

	if (rc == 1) {
		say(f, &f->way[0]);
		return;
	}
	if (rc == -1) {
		forget_way(f);
		return;
	}
	if (result == IMAP_NO) {
		fetch_lost(f, why);
	} else if (fetchplan_left(f, r->code)) {
		say(f, &f->way[0]);
		return;
	} else if (!f->hopeless) {
		fetchplan_done(f, r->code);
	}
	forget_way(f);
}

/* Reads responses until all that was asked for has come. */
static void
fetch_some(struct fetch *f)
{
	struct imap_response r;
	enum imap_result result;
	struct fail why = { 0 };

	while (ask(f), f->nways > 0 && !f->hopeless) {
		result = imap_next(&f->imap, &r, &why);
		if (result == IMAP_LOST) {
			fetch_lost(f, &why);
			return;
		}
		if (result == IMAP_DATA && (imap_is(&r, "FETCH") ||
		    imap_is(&r, "UIDFETCH")))
			fetchtake_message(f, &r);
		else if (result == IMAP_OK || result == IMAP_NO)
			answered(f, &r, result, &why);
		if (f->imap.dead)
			return;
	}
}

/* All that came is settled. */
static void
settle(struct fetch *f)
{
	struct fail why = { 0 };

	if (f->box != NULL && fetchbox_settle(f->box, &why) == -1)
		fetch_give_up(f, &why);
	progress_clear(&f->progress);
	if (interrupt_came() && !f->interrupted) {
		f->interrupted = 1;
		(void)fail_set(&why, EX_TEMPFAIL, "interrupted after %" PRIu64
		    " messages", f->all);
		fetch_report(f, 0, &why);
	}
	/* What still comes is of no use. */
	if (f->hopeless || interrupt_came())
		f->imap.dead = 1;
}

/* A uid that may get, or has, another message than the one that was fetched, as
 * after a server was restored from a backup (RFC 9051, 2.3.1.1). */
static int
check_next(const struct fetch *f, struct fail *why)
{
	const struct ranges *known = fetchstate_known(f->state);
	uint32_t next = f->imap.box.uidnext, last;

	if (next == 0 || known->n == 0)
		return 0;
	last = known->one[known->n - 1].last;
	return last < next ? 0 : fail_set(why, EX_PROTOCOL, "the next uid is "
	    "to be %" PRIu32 ", but %" PRIu32 " was fetched: if it stays so, "
	    "remove the state, and all is fetched again", next, last);
}

/* The mailbox is selected. */
static int
prepare(struct fetch *f, struct fail *why)
{
	if (f->deletes && !imap_has(&f->imap, IMAP_UIDPLUS))
		return fail_set(why, EX_UNAVAILABLE, "the server has no "
		    "UIDPLUS: it cannot delete these messages alone");
	if (f->deletes && f->imap.box.readonly)
		return fail_set(why, EX_NOPERM, "it is read-only: nothing can "
		    "be deleted");
	if (f->state == NULL)
		return 0;
	if (fetchstate_select(f->state, f->imap.box.uidvalidity, why) == -1)
		return -1;
	if (fetchstate_is_new(f->state))
		cli_warn("%s: its uids are new (UIDVALIDITY): all of it is "
		    "fetched again", f->mailbox);
	return check_next(f, why);
}

/* What was asked for of a mailbox that is not there is answered, too. */
static void
drop_asked(struct fetch *f)
{
	struct fail ignored = { 0 };

	while (f->nways > 0) {
		if (!f->imap.dead)
			(void)imap_finish(&f->imap, f->way[0].command,
			    &ignored);
		forget_way(f);
	}
}

/* What changes nothing, and is asked for whatever is in the mailbox, is asked
 * for before it is known whether there is one: a round trip less.  What comes
 * before that is no answer. */
static int
select_box(struct fetch *f, struct fail *why)
{
	int readonly = !f->sees && !f->deletes;
	unsigned number;
	enum imap_result rc;

	if (fetchresume_begin(f))
		return 0;
	number = imap_say_select(&f->imap, slice_str(f->mailbox), readonly);
	if (readonly && f->box == NULL && f->what != FETCH_PART)
		ask(f);
	if ((rc = imap_finish(&f->imap, number, why)) == IMAP_OK)
		return 0;
	drop_asked(f);
	if (rc == IMAP_LOST)
		return -1;
	(void)namespace_explain(&f->imap, slice_str(f->mailbox), why);
	return fail_at(why, TEXT_SHOW(slice_str(f->mailbox)));
}

void
fetch_run(struct fetch *f)
{
	struct fail why = { 0 };

	f->message.flags = BUF(LIMIT_IMAP_TOKEN);
	interrupt_catch(f->imap.conn, GRACE);
	if (select_box(f, &why) == -1) {
		if (!f->imap.dead)
			(void)fail_at(&why, imap_name(&f->imap));
		fetch_report(f, 0, &why);
		return;
	}
	if (prepare(f, &why) == -1) {
		(void)fail_at(&why, f->mailbox);
		fetch_report(f, 0, &why);
		return;
	}
	progress_start(&f->progress,
	    (struct progress_at){ f->imap.box.exists, 0 });
	if (f->what == FETCH_PART) {
		fetchpart_run(f);
		settle(f);
		return;
	}
	do {
		fetch_some(f);
		settle(f);
		if (f->deletes && !f->imap.dead)
			fetchdelete_run(f);
	} while (!f->ended && !f->imap.dead);
}

void
fetch_end(struct fetch *f)
{
	while (f->nways > 0)
		forget_way(f);
	buf_free(&f->message.flags);
	structure_free(&f->structure);
	ranges_free(&f->todo);
	if (f->uids != NULL)
		uids_close(&f->uids);
}
